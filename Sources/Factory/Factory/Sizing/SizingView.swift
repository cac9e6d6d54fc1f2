public import VC3Model

/// What rules may look at besides the number: the pilots, the demand for them, and what became of earlier ones.
///
/// Whatever is not known, or too old to act on, is `nil` and never zero.
public struct SizingView: Sendable, Equatable {
    /// The pilots of the queue.
    public var fleet: PilotFleet?
    /// What the system that hands out jobs says.
    public var demand: JobDemand?
    /// How full the Factory is, whichever queues its pilots are of.
    public var factory: FactoryRoom?
    /// How many pilots the queue has submitted since it exists.
    public var submitted: Int
    /// Pilots of the queue that have ended, as far back as is remembered.
    public var ended: [EndedPilot]?
    public var now: Timestamp

    /// For how long a pilot that runs may not have taken the job that was counted when it was submitted: it joins its pool,
    /// the pool's next round of matching comes, and the number of ready jobs is asked for again.
    static let settling = Duration.seconds(120)

    /// How many pilots will take jobs that still count as ready: those that wait, and those that began to run so lately
    /// that they may have none yet. Without the latter, each look at the same jobs would submit pilots for them again.
    var coming: Int? {
        fleet.map { fleet in
            fleet.members.count { member in
                !member.isRunning || (!member.isBusy && member.started.map { now - $0 < Self.settling } ?? false)
            }
        }
    }

    /// When a pilot began to run and for how long it did.
    public struct EndedPilot: Sendable, Equatable {
        public var started: Timestamp
        public var wallClock: Duration

        public init(started: Timestamp, wallClock: Duration) {
            self.started = started
            self.wallClock = wallClock
        }
    }

    public init(
        fleet: PilotFleet?, demand: JobDemand? = nil, factory: FactoryRoom? = nil, submitted: Int = 0,
        ended: [EndedPilot]? = nil, now: Timestamp = Timestamp(milliseconds: 0)
    ) {
        self.fleet = fleet
        self.demand = demand
        self.factory = factory
        self.submitted = submitted
        self.ended = ended
        self.now = now
    }
}

/// What a workload management system says about one of its queues.
public struct JobDemand: Sendable, Equatable {
    /// What the system thinks of the site.
    public enum SiteStatus: String, Sendable {
        case ok, test, offline
    }

    /// Resources of a Work Queue master, each in its own unit (cores, MB, MB).
    public struct WorkerNeed: Sendable, Equatable {
        public var inUse: Int
        public var waiting: Int
        public var total: Int

        public init(inUse: Int, waiting: Int, total: Int) {
            self.inUse = inUse
            self.waiting = waiting
            self.total = total
        }
    }

    /// Jobs that could start at once if there were workers.
    public var ready: Int
    public var siteStatus: SiteStatus
    /// Of Work Queue only.
    public var cores: WorkerNeed?
    public var memory: WorkerNeed?
    public var disk: WorkerNeed?

    public init(
        ready: Int, siteStatus: SiteStatus = .ok, cores: WorkerNeed? = nil, memory: WorkerNeed? = nil,
        disk: WorkerNeed? = nil
    ) {
        self.ready = ready
        self.siteStatus = siteStatus
        self.cores = cores
        self.memory = memory
        self.disk = disk
    }
}
