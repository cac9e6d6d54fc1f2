public import BatchSystems
public import VC3Model

/// A queue of a file: pilots of one kind at one account, any program, as many as its rules say.
///
/// It has no entity: its pilots are in the ledger as those of pilot sets are, under its ``key``.
public struct FileQueue: Sendable {
    /// What its pilots run.
    public enum Job: Sendable {
        /// As HTCondor is told at this moment.
        case described(@Sendable (Timestamp) -> SubmitDescription)
        case command(QueueCommand)
    }

    public var name: String
    /// The account, with ``siteType`` as its type.
    public var site: PilotSite
    public var job: Job
    public var size: Size
    public var batch: BatchOptions
    /// Whether running pilots finish what they have.
    public var isPeaceful: Bool
    public var order: KillOrder
    public var rules: [any SizingRule]
    /// Who knows how many jobs wait for its pilots; `nil`: nobody is asked.
    public var demand: DemandPlace?
    /// From one decision to the next, unless something changes.
    public var cycle: Duration
    /// How many decisions there are; `nil`: any number, 0: what runs goes on, and nothing else happens.
    public var cycles: Int?
    /// All that was written about it: a queue with another text is decided about at once, one with the same left alone.
    public var text: String

    /// What a pilot needs of the site.
    public struct Size: Sendable, Equatable {
        public var cores: Int
        public var memoryMB: Int
        public var diskMB: Int
        /// In seconds; `nil`: as long as the description says.
        public var walltime: Int?

        public init(cores: Int = 1, memoryMB: Int = 0, diskMB: Int = 0, walltime: Int? = nil) {
            self.cores = cores
            self.memoryMB = memoryMB
            self.diskMB = diskMB
            self.walltime = walltime
        }
    }

    public init(
        name: String, site: PilotSite, job: Job, size: Size = Size(), batch: BatchOptions = BatchOptions(),
        isPeaceful: Bool = true, order: KillOrder = .newest, rules: [any SizingRule], demand: DemandPlace? = nil,
        cycle: Duration, cycles: Int? = nil, text: String
    ) {
        self.name = name
        self.site = site
        self.job = job
        self.size = size
        self.batch = batch
        self.isPeaceful = isPeaceful
        self.order = order
        self.rules = rules
        self.demand = demand
        self.cycle = cycle
        self.cycles = cycles
        self.text = text
    }

    /// The type of sites of queues of files: they are one Factory's own, and never shared with pilot sets.
    public static let siteType = "queue"

    /// How long running pilots of a peaceful queue may go on that are too many: as the guide's `periodic_remove`.
    static let longestEnd = 604_800

    /// What its pilots are kept under. A queue that moves to another account is another one, so that what it has at the
    /// old one ends there.
    var key: String { QueueKey.text(name, at: SiteID(site)) }

    /// Its rules. What comes after keeping a number limits what is submitted, and keeps nothing that is too many.
    var chain: [any SizingRule] {
        guard let keeping = rules.lastIndex(where: { $0 is KeepNRunning }), keeping + 1 < rules.count else {
            return rules
        }
        return Array(rules[...keeping]) + [ForSubmissions(rules: Array(rules[(keeping + 1)...]))]
    }

    var spec: PilotSet.Spec { Self.spec(name, at: site, size, batch, isPeaceful: isPeaceful, order: order) }

    /// What is left of a queue of which nothing is known but that there were pilots.
    static func remainder(_ name: String, at site: PilotSite) -> PilotSet.Spec {
        spec(name, at: site, Size(), BatchOptions(), isPeaceful: true, order: .newest)
    }

    private static func spec(
        _ name: String, at site: PilotSite, _ size: Size, _ batch: BatchOptions, isPeaceful: Bool, order: KillOrder
    ) -> PilotSet.Spec {
        PilotSet.Spec(
            request: name, nodeset: "", allocation: "", cores: size.cores, memory_mb: size.memoryMB,
            storage_mb: size.diskMB, walltime: size.walltime ?? 0, killorder: order.rawValue, peaceful: isPeaceful,
            draintime: longestEnd, maxpending: .max, maxpercycle: .max, batch: batch, site: site)
    }
}

/// A program that pilots run at a batch system without a word of HTCondor's.
public struct QueueCommand: Sendable, Equatable {
    /// The path at the site; with ``program``, the name of the file that is brought along.
    public var executable: String
    public var program: QueueProgram?
    public var arguments: [String]
    public var environment: [EnvironmentVariable]

    public struct EnvironmentVariable: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All of it, in few words.
    public var text: String { "\(executable) \(program?.digest ?? "-") \(arguments) \(environment)" }

    public init(
        executable: String, program: QueueProgram? = nil, arguments: [String] = [],
        environment: [EnvironmentVariable] = []
    ) {
        self.executable = executable
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }
}
