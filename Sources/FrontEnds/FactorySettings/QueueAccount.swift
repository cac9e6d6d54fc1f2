public import Factory
import VC3Configuration
public import VC3Model

/// An account at a batch system, and what each pilot asks of it: the keys of the plugins `Slurm`, `SGE`, `PBS`, `Torque`,
/// `LSF`, `Kubernetes` and `Local`.
public struct QueueAccount: Sendable, Equatable {
    /// The login node; `nil`: this machine.
    public var host: String?
    public var port: Int
    /// `nil`: whoever the factory runs as.
    public var user: String?
    public var gateway: String?
    /// The host's own key, as in known_hosts; `nil`: the first one that it shows is kept.
    public var hostKey: String?
    /// Section of `auth.conf`.
    public var profile: String?
    public var size: FileQueue.Size
    public var options: BatchOptions
    /// Those of ``BatchRules/settings``.
    public var settings: [String: String]
    /// Whether the executable is a file of this machine that pilots bring along; otherwise it is there.
    public var bringsExecutable: Bool

    init(_ section: SectionReader, prefix: String) {
        func text(_ key: String, _ meaning: String) -> String? {
            section.value(prefix + key, ValueKind<String>.nonEmptyText.optional, default: nil, meaning)
        }
        func count(_ key: String, _ range: ClosedRange<Int>, _ fallback: Int, _ meaning: String) -> Int {
            section.value(prefix + key, .integer(in: range), default: fallback, meaning)
        }
        host = text("host", "login node; unset: this machine")
        port = count("port", 1...65_535, 22, "port of sshd")
        user = text("user", "the account there; unset: the user of the factory")
        gateway = text("gateway", "host on the way, [user@]host[:port]")
        hostKey = text("hostkey", "line of known_hosts with the host's key; unset: the first key it shows is kept")
        profile = text("authprofile", "section of auth.conf with the key")
        let walltime = section.value(
            prefix + "walltime", .duration(in: .seconds(60) ... .seconds(31_536_000)), default: .seconds(86_400),
            "longest life of a pilot")
        size = FileQueue.Size(
            cores: count("cores", 1...100_000, 1, "cores of a pilot"),
            memoryMB: count("memory", 0...1_000_000_000, 0, "memory of a pilot in MB; 0: what the site gives"),
            diskMB: count("disk", 0...1_000_000_000, 0, "disk of a pilot in MB; 0: what the site gives"),
            walltime: Int(walltime / .seconds(1)))
        let isWhole = section.value(
            prefix + "wholenode", .boolean, default: false, "whether a pilot has its node for itself")
        let gpus = count("gpus", 0...1024, 0, "GPUs of a pilot")
        let directives = section.value(
            prefix + "submitargs", .list, default: [], "directives of the batch system, passed on as they are")
        options = BatchOptions(
            queue: text("queue", "partition or queue"), account: text("account", "what is charged"),
            qos: text("qos", "quality of service"), reservation: text("reservation", "reservation"),
            constraint: text("constraint", "which nodes, in the batch system's own words"),
            wholenode: isWhole ? true : nil, gpus: gpus > 0 ? gpus : nil,
            submitargs: directives.isEmpty ? nil : directives)
        settings = Dictionary(
            section.values(after: prefix + "settings.", "what is particular about the site").map { ($0.name, $0.text) },
            uniquingKeysWith: { _, last in last })
        bringsExecutable = section.value(
            prefix + "transferexecutable", .boolean, default: true,
            "whether the executable is a file of this machine that pilots bring along; otherwise it is at the site")
    }

    /// Reports what cannot be asked of the plugin's batch system.
    func check(_ section: SectionReader, _ plugin: SubmitPlugin, of configuration: ConfigurationReader) {
        func report(_ key: String, _ words: String) {
            let key = plugin.prefix + key
            configuration.report(
                .error("[\(section.name)] \(key) \(words)", at: section.origin(of: key) ?? section.headingOrigin))
        }
        if host != nil, profile == nil {
            report("authprofile", "is missing: \(plugin.prefix)host is reached with its key")
        }
        if gateway != nil, (hostKey ?? "").split(separator: "\n").count < 2 {
            report(
                "hostkey",
                "lacks lines: with \(plugin.prefix)gateway it has the host's key, and in a second line the gateway's")
        }
        guard let flavor = plugin.flavor else { return }
        let rules = BatchRules.of(flavor)
        for problem in rules.problems(with: options) {
            // Of directives, each is named by its number.
            report(String(problem.member.prefix { $0 != "[" }), problem.problem)
        }
        for problem in rules.problems(withSettings: settings) {
            report("settings." + problem.member, problem.problem)
        }
    }
}
