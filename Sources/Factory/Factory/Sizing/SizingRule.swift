/// One step in deciding how many pilots to submit (positive) or to end (negative).
///
/// The names and formulas of rules are those of AutoPyFactory's sched plugins. A rule that lacks what it decides from
/// gives 0: no data never means that pilots are to be ended, or that any number of them may be submitted.
public protocol SizingRule: Sendable {
    /// - Parameter number: What the rule before returned; for the first rule, the wanted number.
    func decide(_ number: Int, _ view: SizingView) -> SizingDecision
}

/// A number and, when the rule has something to tell, why it is that number.
public struct SizingDecision: Sendable, Equatable {
    public var number: Int
    public var reason: String?

    public init(_ number: Int, _ reason: String? = nil) {
        self.number = number
        self.reason = reason
    }

    /// `number`, and what `rule` did to it if it did anything.
    static func limited(_ number: Int, from before: Int, _ reason: @autoclosure () -> String) -> SizingDecision {
        SizingDecision(number, number == before ? nil : reason())
    }

    static let pilotsUnknown = SizingDecision(0, "the state of the pilots is not known: nothing is done")
    static let demandUnknown = SizingDecision(0, "the number of ready jobs is not known: nothing is done")
}
