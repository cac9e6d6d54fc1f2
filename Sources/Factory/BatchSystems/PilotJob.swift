public import VC3Model

/// One pilot as a batch job.
///
/// ``tag`` is the pilot's identity at the site: job name, or an attribute of the job. It must be made of ASCII
/// letters, digits, `-`, `_` and `.`, begin with a letter, and be unique in the account.
public struct PilotJob: Sendable, Equatable {
    public var tag: String
    /// Processor cores, all on one node.
    public var cores: Int
    /// Main memory for the whole job, in MiB.
    public var memoryMB: Int
    /// Scratch space, in MiB; only HTCondor and Kubernetes can be asked for it.
    public var diskMB: Int
    /// The longest the job may run.
    public var walltime: Duration
    /// What else is asked for. Only what ``BatchRules`` takes may be submitted.
    public var options: BatchOptions
    /// What is particular about the site: see ``BatchRules/settings``.
    public var settings: [String: String]
    /// Nodes on which it is not to run, by names of letters, digits, `.`, `_` and `-`. Who cannot be asked for that starts it
    /// all the same, and it ends by itself.
    public var avoiding: [String]
    /// The pilot's own folder at the site. Its `pilot.sh` is run there, `pilot.out` and `pilot.err` get the output.
    public var folder: String
    /// What HTCondor is told instead of running `pilot.sh`; other batch systems know nothing of it.
    public var description: SubmitDescription?

    public init(
        tag: String, cores: Int, memoryMB: Int, diskMB: Int, walltime: Duration, options: BatchOptions = BatchOptions(),
        settings: [String: String] = [:], avoiding: [String] = [], folder: String
    ) {
        self.tag = tag
        self.cores = cores
        self.memoryMB = memoryMB
        self.diskMB = diskMB
        self.walltime = walltime
        self.options = options
        self.settings = settings
        self.avoiding = avoiding
        self.folder = folder
    }

    /// The words of the directives in `options`.
    var directives: [String] { (options.submitargs ?? []).flatMap { BatchDirective($0).words } }
}
