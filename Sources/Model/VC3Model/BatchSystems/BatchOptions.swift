/// What a batch system is asked for beside a worker's size: the attribute `batch` of resources, allocations and nodesets.
///
/// What is unset is left to the batch system. ``BatchRules`` says what each of them can be asked for, and how.
public struct BatchOptions: Codable, Sendable, Hashable {
    /// Partition or queue.
    public var queue: String?
    /// The account or project that is charged.
    public var account: String?
    /// Quality of service.
    public var qos: String?
    public var reservation: String?
    /// Which nodes, in the batch system's own language.
    public var constraint: String?
    /// Whether a worker has its node for itself.
    public var wholenode: Bool?
    public var gpus: Int?
    public var cores: Int?
    public var memory_mb: Int?
    /// Longest life of a worker, seconds.
    public var walltime: Int?
    /// Directives of the batch system, passed on as they are; each is one.
    public var submitargs: [String]?

    public init(
        queue: String? = nil, account: String? = nil, qos: String? = nil, reservation: String? = nil,
        constraint: String? = nil, wholenode: Bool? = nil, gpus: Int? = nil, cores: Int? = nil,
        memory_mb: Int? = nil, walltime: Int? = nil, submitargs: [String]? = nil
    ) {
        self.queue = queue
        self.account = account
        self.qos = qos
        self.reservation = reservation
        self.constraint = constraint
        self.wholenode = wholenode
        self.gpus = gpus
        self.cores = cores
        self.memory_mb = memory_mb
        self.walltime = walltime
        self.submitargs = submitargs
    }

    /// These options, with those of `closer` in their place where it says something.
    ///
    /// Two are not replaced: the shorter walltime holds, and directives come one after the other.
    public func overridden(by closer: BatchOptions) -> BatchOptions {
        let arguments = (submitargs ?? []) + (closer.submitargs ?? [])
        return BatchOptions(
            queue: closer.queue ?? queue, account: closer.account ?? account, qos: closer.qos ?? qos,
            reservation: closer.reservation ?? reservation, constraint: closer.constraint ?? constraint,
            wholenode: closer.wholenode ?? wholenode, gpus: closer.gpus ?? gpus, cores: closer.cores ?? cores,
            memory_mb: closer.memory_mb ?? memory_mb,
            walltime: [walltime, closer.walltime].compactMap { $0 }.min(),
            submitargs: arguments.isEmpty ? nil : arguments)
    }
}
