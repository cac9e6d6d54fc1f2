/// What the service side tells a pilot's `vc3-glidein`: one worker of one virtual cluster.
///
/// The words of ``arguments`` are the program's interface; the paths that only the worker knows (scratch, the unpacked
/// HTCondor) are added there, by ``PilotScript``.
public struct PilotArguments: Sendable, Hashable {
    /// ``HeadNodeConfiguration/collector``: `host:port`.
    public var collector: String
    public var trustDomain: TrustDomain
    /// The pilot's id. Its slots are called `slot1@<name>@vc3`, its master `<name>@vc3`.
    public var name: String
    public var cores: Int
    /// MiB. Nil: all of the node's.
    public var memory: Int?
    /// MiB of scratch space. Nil: what is free there.
    public var disk: Int?
    /// Ends by itself after this long without a claim.
    public var lingerTime: Duration
    /// What the batch system grants; the pilot stops taking work early enough before. Nil: no limit.
    public var walltime: Duration?
    /// Gives up when the pool cannot be joined for so long. Nil: ten minutes.
    public var joinTimeout: Duration?
    /// Attributes of the slots, as strings. Names are letters, digits and `_`.
    public var attributes: [String: String] = [:]
    /// A container program that has to work on the worker.
    public var containerTool: String?
    /// Seconds that the site's own check may take, in the file ``PilotScript/siteCheckFile``. Nil: there is none.
    public var siteCheckTime: Int?
    public var verbose = false

    public init(
        collector: String, trustDomain: TrustDomain, name: String, cores: Int, memory: Int? = nil, disk: Int? = nil,
        lingerTime: Duration, walltime: Duration? = nil
    ) {
        self.collector = collector
        self.trustDomain = trustDomain
        self.name = name
        self.cores = cores
        self.memory = memory
        self.disk = disk
        self.lingerTime = lingerTime
        self.walltime = walltime
    }

    /// The slot's name in the pool, as `condor_drain` wants it.
    public var slotName: String { "slot1@" + masterName }
    /// The master's name in the pool, as `condor_off -master -name` wants it.
    public var masterName: String { name + "@vc3" }

    public var arguments: [String] {
        var words = [
            "--collector", collector, "--trust-domain", trustDomain.name, "--name", name, "--cores", String(cores),
            "--lingertime", String(lingerTime.components.seconds),
        ]
        if let memory { words += ["--memory", String(memory)] }
        if let disk { words += ["--disk", String(disk)] }
        if let walltime { words += ["--walltime", String(walltime.components.seconds)] }
        if let joinTimeout { words += ["--join-timeout", String(joinTimeout.components.seconds)] }
        if let containerTool { words += ["--container-tool", containerTool] }
        if let siteCheckTime { words += ["--site-check-time", String(siteCheckTime)] }
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) { words += ["--attribute", "\(key)=\(value)"] }
        if verbose { words.append("--verbose") }
        return words
    }
}
