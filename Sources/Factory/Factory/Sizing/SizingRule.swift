/// One step in deciding how many pilots to submit (positive) or to end (negative).
public protocol SizingRule: Sendable {
    /// - Parameter number: What the rule before returned; for the first rule, the wanted number.
    func decide(_ number: Int, _ fleet: PilotFleet) -> SizingDecision
}

/// A number and, when the rule has something to tell, why it is that number.
public struct SizingDecision: Sendable, Equatable {
    public var number: Int
    public var reason: String?

    public init(_ number: Int, _ reason: String? = nil) {
        self.number = number
        self.reason = reason
    }
}

/// Keeps so many pilots alive, waiting or running: the difference to the number that is wanted.
public struct KeepNRunning: SizingRule {
    public init() {}

    public func decide(_ number: Int, _ fleet: PilotFleet) -> SizingDecision {
        let missing = number - fleet.alive
        let ending =
            (fleet.retiring > 0 ? ", \(fleet.retiring) being ended" : "")
            + (fleet.draining > 0 ? ", \(fleet.draining) draining" : "")
        return SizingDecision(
            missing, "wanted \(number), running \(fleet.running), waiting \(fleet.pending)\(ending)")
    }
}

/// At most so many at a time; the next ones follow when the site has been looked at again.
public struct MaxPerCycle: SizingRule {
    public var maximum: Int
    public init(maximum: Int) { self.maximum = maximum }

    public func decide(_ number: Int, _ fleet: PilotFleet) -> SizingDecision {
        number <= maximum
            ? SizingDecision(number)
            : SizingDecision(maximum, "\(number) missing, at most \(maximum) are submitted at a time")
    }
}

/// At most so many waiting in the site's queue. With more than that waiting, the number becomes negative.
public struct MaxPending: SizingRule {
    public var maximum: Int
    public init(maximum: Int) { self.maximum = maximum }

    public func decide(_ number: Int, _ fleet: PilotFleet) -> SizingDecision {
        let room = maximum - fleet.pending
        return number <= room
            ? SizingDecision(number)
            : SizingDecision(room, "at most \(maximum) may wait in the queue, \(fleet.pending) are waiting")
    }
}
