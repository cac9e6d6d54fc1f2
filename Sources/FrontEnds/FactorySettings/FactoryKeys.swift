public import Factory
import Foundation
public import VC3Configuration
public import VC3Daemon

/// Section `[Factory]` of `autopyfactory.conf`, with the keys and defaults of AutoPyFactory.
public struct FactoryKeys: ConfigurationSchema, Sendable {
    /// Unique among factories; `nil`: the name of the host.
    public var factoryID: String?
    public var own: Own
    /// Whom pilots are told of; the option --runas says as whom the program runs.
    public var factoryUser: String
    public var mail: Mail
    /// Whether queues run at all.
    public var queuesEnabled: Bool
    /// How often each queue is looked at before it rests; `nil`: without end, 0: never.
    public var cycles: Int?
    /// How many pilots all queues together may have that name MaxPerFactory; `nil`: any number.
    public var mostPilots: Int?
    /// File of what words of batch systems mean.
    public var mappingsFile: String
    /// How often it is looked whether no queue is left, to end the program then; `nil`: it goes on.
    public var pauseBeforeEnd: Duration?
    public var files: Files
    public var reconfiguration: Reconfiguration
    public var logs: Logs
    /// How often those are asked who know how many jobs wait, where the queue says nothing else.
    public var demandPace: DemandPace
    public var credentials: Credentials
    public var monitors: Monitors

    /// What the original had no keys for.
    public struct Own: Sendable, Equatable {
        public var logLevel: LogLevel?
        public var stateFolder: String
        public var workerBundle: String
        public var commandsPerMinute: Int
        public var tokenLife: Int
    }

    public struct Mail: Sendable, Equatable {
        /// Empty: nobody is written to.
        public var recipients: [String]
        /// `HOST` or `HOST:PORT`; `nil`: nobody is written to.
        public var server: String?
        /// How long the same message is not sent again.
        public var repeatInterval: Duration
    }

    public struct Files: Sendable, Equatable {
        public var queues: [String]
        /// A folder, each `*.conf` of which is read after ``queues``, by name; `nil`: none.
        public var queueFolder: String?

        /// Those files, in the order in which they are read.
        public func all() -> [String] {
            let names = queueFolder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
            return queues + names.filter { $0.hasSuffix(".conf") }.sorted().map { "\(queueFolder ?? "")/\($0)" }
        }
    }

    /// Where sections come from, and how often that is looked at.
    public struct Reconfiguration: Sendable, Equatable {
        public enum Source: String, Sendable, CaseIterable {
            case file = "File"
            case vc3 = "VC3"
        }

        /// Where queues come from.
        public var queueSources: [Source]
        public var isOn: Bool
        public var interval: Duration
        /// The client configuration that says which Infoservice.
        public var clientFile: String
        public var queueDefaults: String
    }

    public init(reading configuration: ConfigurationReader) {
        let factory = configuration.section("Factory")
        factoryID = factory.value(
            "factoryId", ValueKind<String>.nonEmptyText.optional, default: nil,
            "name of this factory, unique among all; unset: the name of the host")
        own = Own(factory)
        mail = Mail(factory)
        queuesEnabled = factory.value("enablequeues", .boolean, default: true, "whether queues run at all")
        cycles = factory.value(
            "cycles", ValueKind<Int>.integer(in: 0 ... .max).optional, default: nil,
            "how often each queue is looked at; 0: queues are not started; None: without end")
        mostPilots = factory.value(
            "maxperfactory.maximum", ValueKind<Int>.integer(in: 0...1_000_000_000).optional, default: nil,
            "most pilots of all queues together, for those whose schedplugin names MaxPerFactory; None: any number")
        mappingsFile = factory.value(
            "mappingsConf", .path, default: "/etc/autopyfactory/mappings.conf",
            "what words of batch systems mean, where it is another thing than the program says")
        files = Files(factory)
        reconfiguration = Reconfiguration(factory)
        logs = Logs(factory)
        credentials = Credentials(factory, of: configuration)
        monitors = Monitors(factory, of: configuration)
        factoryUser = factory.value("factoryUser", .nonEmptyText, default: "autopyfactory", "whom pilots are told of")
        let longest = factory.value(
            "wmsstatus.condor.sleep", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(150),
            "longest time between two questions for the jobs that wait")
        let maxAge = factory.value(
            "wmsstatus.condor.maxage", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(360),
            "for how long an answer counts; at least twice the time between two questions")
        demandPace = DemandPace(longest: longest, maxAge: maxAge)
        let pause = factory.value(
            "factory.sleep", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(30),
            "how often it is looked whether a queue is left, with abort_no_queues")
        let ends = factory.value(
            "abort_no_queues", .boolean, default: false, "whether the program ends when no queue is left")
        pauseBeforeEnd = ends ? pause : nil
        Self.readObsolete(factory)
    }

    /// Keys that the guide has and that mean nothing any more.
    private static func readObsolete(_ factory: SectionReader) {
        for name in ["panda", "queue"] {
            factory.ignored("wmsstatus.\(name).sleep", "there is no such source of demand")
            factory.ignored("wmsstatus.\(name).maxage", "there is no such source of demand")
        }
        factory.ignored("batchstatus.condor.sleep", "sites are looked at when something changes")
        factory.ignored("batchstatus.condor.maxage", "an answer is acted on at once, and then never again")
        for key in ["proxyConf", "proxymanager.enabled", "proxymanager.sleep"] {
            factory.ignored(key, "proxies are profiles in authConf")
        }
        for key in ["config.queues.vc3.tempfile", "config.auth.vc3.tempfile"] {
            factory.ignored(key, "what was heard last is kept by the program itself, without secrets")
        }
        factory.ignored("config.auth.vc3.vc3clientconf", "one Infoservice: that of config.queues.vc3.vc3clientconf")
        factory.ignored("config.auth.vc3.requestname", "the same as config.queues.vc3.requestname")
    }
}

extension FactoryKeys.Own {
    init(_ factory: SectionReader) {
        logLevel = factory.value(
            "loglevel", ValueKind<LogLevel>.caseOf(LogLevel.self, fallback: .info).optional, default: nil,
            "what is logged; unset: info. The options --debug, --info and --quiet go before it")
        stateFolder = factory.value(
            "statedir", .path, default: "/var/lib/vc3",
            "folder of the ledger of pilots; one Factory at a time uses it. Back it up")
        workerBundle = factory.value(
            "workerbundle", .path, default: "/usr/share/vc3/vc3-worker.tar.gz", "what a pilot carries")
        commandsPerMinute = factory.value(
            "commandsperminute", .integer(in: 1...600), default: 30, "most commands at a site in a minute, over time")
        tokenLife = factory.value(
            "tokenlife", .integer(in: 60...86_400), default: 3600,
            "seconds for which a pilot's token is good; it is renewed when a third has passed")
    }
}

extension FactoryKeys.Mail {
    /// - Parameter factory: The section with the keys.
    public init(_ factory: SectionReader) {
        recipients = factory.value("factoryAdminEmail", .list, default: [], "who is written to; empty: nobody")
        server = factory.value(
            "factorySMTPServer", ValueKind<String>.nonEmptyText.optional, default: nil,
            "HOST or HOST:PORT of the mail server; empty: nobody is written to")
        repeatInterval = factory.value(
            "factoryMinEmailRepeatSeconds", .duration(), default: .seconds(3600),
            "how long the same message is not sent again")
    }
}

extension FactoryKeys.Files {
    init(_ factory: SectionReader) {
        let folder = "/etc/autopyfactory/"
        queues = factory.value(
            "queueConf", .files, default: [folder + "queues.conf"], "files of queues; later ones win")
        queueFolder = factory.value(
            "queueDirConf", ValueKind<String>.path.optional, default: nil,
            "folder of more of them, *.conf, read by name after queueConf")
    }
}

extension FactoryKeys.Reconfiguration {
    init(_ factory: SectionReader) {
        isOn = factory.value(
            "config.reconfig", .boolean, default: false, "whether changed files take effect while the program runs")
        interval = factory.value(
            "config.reconfig.interval", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(3600),
            "longest time between two looks at the files")
        queueSources = factory.value(
            "config.queues.plugin", .sources, default: [.file, .vc3], "where queues come from")
        _ = factory.value("config.queues.vc3.requestname", .oneOf("all"), default: "all", "whose pilots")
        clientFile = factory.value(
            "config.queues.vc3.vc3clientconf", .path, default: "~/.vc3/vc3-client.conf",
            "configuration that names the Infoservice and this factory's certificate")
        queueDefaults = factory.value(
            "config.queues.vc3.defaultsfile", .path, default: "/etc/autopyfactory/vc3defaults.conf",
            "what holds for the queues of all requests")
    }
}
