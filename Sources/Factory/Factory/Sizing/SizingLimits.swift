import Synchronization

/// What decides how many pilots are submitted, after the limits of each pilot set. It may be replaced while the Factory
/// runs, and has its say from the next plan on. Nothing in it ends pilots.
public final class SizingLimits: Sendable {
    private let rules: Mutex<[any SizingRule]>

    public init(_ rules: [any SizingRule] = []) { self.rules = Mutex(rules) }

    public var current: [any SizingRule] { rules.withLock { $0 } }

    public func replace(with rules: [any SizingRule]) { self.rules.withLock { $0 = rules } }
}
