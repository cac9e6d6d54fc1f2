/// A pilot, as a batch system sees it: one job on one node.
public struct PilotJob: Sendable, Equatable {
    /// Identifies the job at the site for ever: the job's name there. Letters, digits, `-`, `_` and `.`, starting with
    /// a letter, at most 100 characters.
    public var tag: String
    /// Processor cores, all on one node.
    public var cores: Int
    /// Main memory for the whole job, in MiB.
    public var memoryMB: Int
    /// Scratch space, in MiB; only HTCondor can be asked for it.
    public var diskMB: Int
    /// The longest the job may run.
    public var walltime: Duration
    /// Partition (Slurm) or queue (Grid Engine); `nil` takes the site's default. HTCondor has none.
    public var queue: String?
    /// The pilot's own folder at the site. Its `pilot.sh` is run there, `pilot.out` and `pilot.err` get the output.
    public var folder: String
    /// Further arguments the site wants: of `sbatch` or `qsub`, or lines of an HTCondor submit description.
    public var extra: [String]

    public init(
        tag: String, cores: Int, memoryMB: Int, diskMB: Int, walltime: Duration, queue: String? = nil, folder: String,
        extra: [String] = []
    ) {
        self.tag = tag
        self.cores = cores
        self.memoryMB = memoryMB
        self.diskMB = diskMB
        self.walltime = walltime
        self.queue = queue
        self.folder = folder
        self.extra = extra
    }
}
