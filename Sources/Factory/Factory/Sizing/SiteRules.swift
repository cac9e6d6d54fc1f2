import VC3Model

/// For a site that its workload system has in test: so many, and the number as it is otherwise.
public struct StatusTest: SizingRule {
    public var pilots: Int

    public init(pilots: Int = 0) { self.pilots = pilots }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let demand = view.demand else { return .demandUnknown }
        if demand.siteStatus != .test { return SizingDecision(number) }
        return SizingDecision(pilots, "the site is in test: \(pilots)")
    }
}

/// For a site that its workload system has offline: so many, and the number as it is otherwise.
public struct StatusOffline: SizingRule {
    public var pilots: Int

    public init(pilots: Int = 0) { self.pilots = pilots }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let demand = view.demand else { return .demandUnknown }
        if demand.siteStatus != .offline { return SizingDecision(number) }
        return SizingDecision(pilots, "the site is offline: \(pilots)")
    }
}

/// Slows down where most of the pilots that began lately ended at once.
public struct Throttle: SizingRule {
    /// How far back pilots count, by when they began to run.
    public var interval: Duration
    /// A pilot that ran for less counts as short.
    public var maxTime: Duration
    /// The share of short ones above which it slows down, 0 to 1.
    public var ratio: Double
    /// How many it submits then.
    public var submit: Int

    public init(
        interval: Duration = .seconds(3600), maxTime: Duration = .seconds(10), ratio: Double = 0.5, submit: Int = 1
    ) {
        self.interval = interval
        self.maxTime = maxTime
        self.ratio = ratio
        self.submit = submit
    }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        let recent = (view.ended ?? []).filter { view.now - $0.started <= interval }
        let short = recent.count { $0.wallClock < maxTime }
        guard !recent.isEmpty, Double(short) / Double(recent.count) > ratio else { return SizingDecision(number) }
        return SizingDecision(
            submit, "\(short) of the latest \(recent.count) pilots ran for less than \(maxTime): \(submit) at a time")
    }
}
