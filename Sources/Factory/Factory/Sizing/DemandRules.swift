/// As many as there are ready jobs without a pilot that waits or has just begun.
public struct Ready: SizingRule {
    /// So many ready jobs do not count.
    public var offset: Int

    public init(offset: Int = 0) { self.offset = offset }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let coming = view.coming else { return .pilotsUnknown }
        guard let demand = view.demand else { return .demandUnknown }
        let besides = offset == 0 ? "" : " (\(offset) do not count)"
        return SizingDecision(
            max(0, demand.ready - offset - coming),
            "ready jobs \(demand.ready)\(besides), pilots without a job yet \(coming)")
    }
}

/// As ``Ready``, with a number of its own for when the demand is not known.
public struct FillActivated: SizingRule {
    public var fallback: Int

    public init(fallback: Int = 0) { self.fallback = fallback }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard view.fleet != nil, view.demand != nil else { return .fallingBack(to: fallback) }
        return Ready().decide(number, view)
    }
}

/// As ``Ready``, with a weight for each side.
public struct WeightedActivated: SizingRule {
    public var readyWeight: Double
    public var pendingWeight: Double

    public init(readyWeight: Double = 1, pendingWeight: Double = 1) {
        self.readyWeight = readyWeight
        self.pendingWeight = pendingWeight
    }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let coming = view.coming else { return .pilotsUnknown }
        guard let demand = view.demand else { return .demandUnknown }
        let ready = Self.weighted(demand.ready, readyWeight)
        let pending = Self.weighted(coming, pendingWeight)
        return SizingDecision(
            max(0, ready - pending),
            "ready jobs \(demand.ready) times \(readyWeight), pilots without a job yet \(coming) times \(pendingWeight)"
        )
    }

    private static func weighted(_ count: Int, _ weight: Double) -> Int {
        Int(min((Double(count) * weight).rounded(.down), 1e9))
    }
}

/// For sites that a workload system calls offline or in test: ready jobs less waiting pilots, between limits.
public struct Activated: SizingRule {
    public var fallback = 0
    /// A limit of 0 is none, here and below.
    public var maxJobsToRun = 0
    public var minPilotsPending = 0
    public var maxPilotsPerCycle = 0
    public var minPilotsPerCycle = 0
    public var maxPilotsPending = 0
    /// How many pilots a site in test gets, and with how many waiting no more; `nil`: test counts for nothing.
    public var testMode: TestMode?

    public struct TestMode: Sendable, Equatable {
        public var pilots: Int
        public var maxPending: Int

        public init(pilots: Int = 0, maxPending: Int = 10) {
            self.pilots = pilots
            self.maxPending = maxPending
        }
    }

    public init() {}

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet, let coming = view.coming, let demand = view.demand else {
            return .fallingBack(to: fallback)
        }
        if demand.siteStatus == .offline { return SizingDecision(0, "the site is offline") }
        if demand.siteStatus == .test, let testMode {
            return fleet.pending > testMode.maxPending
                ? SizingDecision(0, "the site is in test, and \(fleet.pending) pilots are waiting")
                : SizingDecision(testMode.pilots, "the site is in test: \(testMode.pilots)")
        }
        var value = max(0, demand.ready - coming)
        if maxJobsToRun != 0 { value = min(value, maxJobsToRun - fleet.alive) }
        if minPilotsPending != 0 { value = max(value, minPilotsPending - fleet.pending) }
        if maxPilotsPerCycle != 0 { value = min(value, maxPilotsPerCycle) }
        if minPilotsPerCycle != 0 { value = max(value, minPilotsPerCycle) }
        if maxPilotsPending != 0 { value = min(value, maxPilotsPending - fleet.pending) }
        return SizingDecision(
            value, "ready jobs \(demand.ready), pilots without a job yet \(coming), between the queue's limits")
    }
}

/// Keeps a queue of waiting pilots of some depth filled while there are ready jobs.
public struct SimpleNQueue: SizingRule {
    public var fallback: Int
    /// How many are submitted at a time, and the depth below which they are.
    public var depth: Int
    /// While more jobs are ready than pilots wait: so many times the depth.
    public var depthBoost: Int
    /// Most pilots alive; 0: any number.
    public var pilotLimit: Int
    /// Most at a time; 0: any number.
    public var maxPilotsPerCycle: Int

    public init(fallback: Int = 0, depth: Int, depthBoost: Int = 2, pilotLimit: Int = 0, maxPilotsPerCycle: Int = 0) {
        self.fallback = fallback
        self.depth = depth
        self.depthBoost = depthBoost
        self.pilotLimit = pilotLimit
        self.maxPilotsPerCycle = maxPilotsPerCycle
    }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet, let demand = view.demand else { return .fallingBack(to: fallback) }
        if demand.siteStatus == .test {
            let isEnough = fleet.pending > 0 && fleet.alive > depth
            return SizingDecision(isEnough ? 0 : 1, "the site is in test, \(fleet.pending) pilots are waiting")
        }
        let inactive = fleet.pending
        let isShort = inactive < depth || (demand.ready > inactive && inactive < depth * depthBoost)
        var value = demand.ready > 0 && isShort ? depth : 0
        if pilotLimit != 0 { value = min(value, max(0, pilotLimit - fleet.alive)) }
        if maxPilotsPerCycle != 0 { value = min(value, maxPilotsPerCycle) }
        return SizingDecision(value, "ready jobs \(demand.ready), waiting pilots \(inactive) of \(depth)")
    }
}

/// Ready jobs less waiting pilots, with two limits of its own.
public struct Simple: SizingRule {
    public var fallback: Int
    /// 0: any number.
    public var maxPendingPilots: Int
    /// 0: any number.
    public var maxPilotsPerCycle: Int

    public init(fallback: Int = 0, maxPendingPilots: Int = 0, maxPilotsPerCycle: Int = 0) {
        self.fallback = fallback
        self.maxPendingPilots = maxPendingPilots
        self.maxPilotsPerCycle = maxPilotsPerCycle
    }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let fleet = view.fleet, let coming = view.coming, let demand = view.demand else {
            return .fallingBack(to: fallback)
        }
        var value = max(0, demand.ready - coming)
        if maxPendingPilots != 0 { value = min(value, max(0, maxPendingPilots - fleet.pending)) }
        if maxPilotsPerCycle != 0 { value = min(value, maxPilotsPerCycle) }
        return SizingDecision(value, "ready jobs \(demand.ready), pilots without a job yet \(coming)")
    }
}

/// As many as a Work Queue master's waiting tasks need in cores, memory and disk, and no more than there are tasks.
public struct WorkQueueResources: SizingRule {
    /// What one pilot brings; memory and disk in MB.
    public var cores: Int
    public var memory: Int
    public var disk: Int

    public init(cores: Int = 1, memory: Int = 512, disk: Int = 512) {
        self.cores = cores
        self.memory = memory
        self.disk = disk
    }

    public func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard let coming = view.coming else { return .pilotsUnknown }
        guard let demand = view.demand, let needs = demand.needs else { return .demandUnknown }
        let workers = zip(needs, [cores, memory, disk]).map { need, share in
            let missing = max(0, need.inUse + need.waiting - need.total)
            return (missing + share - 1) / share
        }
        let needed = min(demand.ready, workers.max() ?? 0)
        return SizingDecision(
            needed - coming,
            "\(demand.ready) ready tasks need \(needed) workers, pilots without a task yet \(coming)")
    }
}

extension JobDemand {
    /// Cores, memory and disk, if all are known.
    fileprivate var needs: [WorkerNeed]? {
        guard let cores, let memory, let disk else { return nil }
        return [cores, memory, disk]
    }
}

extension SizingDecision {
    fileprivate static func fallingBack(to number: Int) -> SizingDecision {
        SizingDecision(number, "what it depends on is not known: \(number), as configured")
    }
}
