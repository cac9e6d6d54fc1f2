import BatchSystems
public import Factory
import VC3Configuration

/// One section of `queues.conf`: pilots of one kind, and how many of them.
public struct QueueSettings: Sendable {
    public var name: String
    public var isEnabled: Bool
    public var plugin: SubmitPlugin
    public var place: QueuePlace
    public var executable: String
    /// As HTCondor's `arguments` has them; the usual ones go first.
    public var usualArguments: String
    public var ownArguments: String
    public var environment: [EnvironmentVariable]
    /// Submit lines of the queue's own, after all others.
    public var attributes: [(name: String, value: String)]
    public var rules: [any SizingRule]
    /// Who knows how many jobs wait for the queue's pilots; `nil`: nobody is asked.
    public var demand: QueueDemand?
    /// From one decision to the next.
    public var cycle: Duration
    public var ending: Ending
    /// Sections of `monitor.conf`.
    public var monitors: [String]
    /// How many days its logs are kept, 0 for ever; `nil`: as the factory's.
    public var keepDays: Int?

    /// How pilots go that are too many.
    public struct Ending: Sendable, Equatable {
        /// Running ones finish what they have.
        public var isPeaceful: Bool
        public var order: KillOrder
    }

    /// - Returns: `nil` after reporting what is wrong with the section.
    init?(_ section: SectionReader, of configuration: ConfigurationReader) {
        name = section.name
        isEnabled = section.required("enabled", .boolean, "whether the queue runs")
        rules = SchedPlugin.chain(section, of: configuration)
        demand = QueueDemand(section, of: configuration)
        monitors = section.value("monitorsection", .list, default: [], "sections of monitor.conf that are told")
        keepDays = section.keepDays("how many days its logs are kept; 0: for ever; unset: as the factory's")
        executable = section.required("executable", .path, "what a pilot runs")
        ownArguments = section.value("executable.arguments", .arguments, default: "", "its arguments")
        usualArguments = section.value("executable.defaultarguments", .arguments, default: "", "what goes before them")
        let chosen = section.required(
            "batchsubmitplugin",
            ValueKind<SubmitPlugin>.caseOf(SubmitPlugin.self, fallback: .condorLocal), "how pilots are submitted")
        plugin = chosen
        place = QueuePlace(section, chosen, isChosen: true)
        if case .batch(let account) = place { account.check(section, chosen, of: configuration) }
        ending = Ending(section, chosen, isChosen: true)
        cycle = section.value(
            "apfqueue.sleep", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(60),
            "from one decision to the next, while nothing changes in the file")
        let prefix = chosen.prefix
        environment = section.value(prefix + "environ", .variables, default: [], "what pilots find in theirs")
        attributes = SubmitLines(section, prefix: prefix, overSSHTo: place.batchSystemOverSSH, of: configuration).lines
        for (key, meaning) in Self.informational { section.ignored(key, meaning) }
        guard place.isComplete else { return nil }
    }

    /// All of them; `nil`: none.
    public var arguments: String? {
        SubmitArguments.joined(usualArguments, ownArguments).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What they are made of, by key.
    var writtenArguments: [(key: String, text: String)] {
        [("executable.defaultarguments", usualArguments), ("executable.arguments", ownArguments)]
    }

    /// Makes known what may stand in `[DEFAULT]` for queues of any plugin.
    static func readDefaults(_ section: SectionReader) {
        for plugin in SubmitPlugin.allCases {
            _ = QueuePlace(section, plugin, isChosen: false)
            _ = Ending(section, plugin, isChosen: false)
            for key in ["environ", "condor_attributes"] {
                section.ignored(plugin.prefix + key, "of queues of this plugin")
            }
            _ = section.values(after: plugin.prefix + "condor_attributes.", "one submit line")
        }
    }

    private static let informational: [(String, String)] = [
        ("batchstatusplugin", "every batch system is asked for its jobs in its own way"),
        ("batchstatus.condor.sleep", "the batch system is looked at when something changes"),
        ("batchqueue", "informational"), ("vo", "informational"),
        ("grid", "informational"), ("cloud", "informational"), ("status", "informational"),
        ("override", "informational"), ("autofill", "informational"), ("builder", "for %(builder)s"),
    ]
}

extension QueueSettings.Ending {
    /// - Parameter isChosen: Otherwise nothing has to be written.
    init(_ section: SectionReader, _ plugin: SubmitPlugin, isChosen: Bool) {
        isPeaceful =
            plugin == .condorEC2
            ? Self.letsMachinesFinish(section, plugin, isChosen: isChosen)
            : section.value(
                plugin.prefix + "overlay.peaceful", .boolean, default: true,
                "whether running pilots finish what they have")
        order = section.value(
            plugin.prefix + "overlay.killorder", ValueKind<KillOrder>.caseOf(KillOrder.self, fallback: .newest),
            default: plugin == .condorEC2 ? .oldest : .newest, "which pilots go first")
    }

    /// Machines are ended through the service alone, with what they are doing: whoever wants that has to say so.
    private static func letsMachinesFinish(
        _ section: SectionReader, _ plugin: SubmitPlugin, isChosen: Bool
    ) -> Bool {
        let prefix = plugin.prefix
        section.ignored(prefix + "overlay.peaceful", "\(prefix)peaceful says it")
        let (finish, login) = ("whether busy machines finish what they have", "whether they are told so by SSH")
        guard isChosen else {
            section.ignored(prefix + "peaceful", finish)
            section.ignored(prefix + "usessh", login)
            return false
        }
        _ = section.value(
            prefix + "usessh", .no(since: "nobody logs in at machines"), default: false, login)
        return section.required(
            prefix + "peaceful",
            .no(since: "machines that are too many are ended at once, the oldest first; none is told to finish"), finish
        )
    }
}
