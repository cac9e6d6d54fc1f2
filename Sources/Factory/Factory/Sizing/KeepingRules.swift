/// Keeps so many pilots alive, waiting or running: the difference to the number that is wanted.
public struct KeepNRunning: SizingRule {
    /// Instead of the number that comes in.
    public var keepRunning: Int?

    public init(keepRunning: Int? = nil) { self.keepRunning = keepRunning }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet else { return .pilotsUnknown }
        let wanted = keepRunning ?? number
        let ending =
            (fleet.retiring > 0 ? ", \(fleet.retiring) being ended" : "")
            + (fleet.draining > 0 ? ", \(fleet.draining) draining" : "")
        return SizingDecision(
            wanted - fleet.alive, "wanted \(wanted), running \(fleet.running), waiting \(fleet.pending)\(ending)")
    }
}

/// Submits until so many were submitted over the life of the queue.
public struct KeepNQueueLife: SizingRule {
    /// Instead of the number that comes in.
    public var jobs: Int?

    public init(jobs: Int? = nil) { self.jobs = jobs }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        let wanted = jobs ?? number
        return SizingDecision(wanted - view.submitted, "\(view.submitted) of \(wanted) were submitted")
    }
}

/// The same number each time.
public struct Fixed: SizingRule {
    public var pilotsPerCycle: Int

    public init(pilotsPerCycle: Int) { self.pilotsPerCycle = pilotsPerCycle }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        SizingDecision(pilotsPerCycle, "\(pilotsPerCycle) each time")
    }
}

/// None.
public struct Null: SizingRule {
    public init() {}

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        SizingDecision(0, "the queue is to have no new pilots")
    }
}

/// The number times a factor, rounded up (a negative one towards zero).
public struct Scale: SizingRule {
    public var factor: Double

    public init(factor: Double) { self.factor = factor }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        let scaled = (Double(number) * factor).rounded(.up)
        let bounded = Int(min(max(scaled, -1e9), 1e9))
        return .limited(bounded, from: number, "\(number) scaled by \(factor) is \(bounded)")
    }
}
