public import FactoryLogs
public import VC3Configuration

extension FactoryKeys {
    /// Pilots' logs, and who reads them.
    public struct Logs: Sendable, Equatable {
        public var folder: String
        /// What the folder is called from outside; `nil`: this host at ``usualPort``.
        public var url: String?
        /// How long logs are kept; 0 for ever.
        public var keepDays: Int
        /// The most megabytes of all logs together; `nil`: any number.
        public var mostMegabytes: Int?
        public var server: Server
        /// Where the log server listens when ``url`` does not say it.
        public var usualPort = 25_880

        public struct Server: Sendable, Equatable {
            public var isOn: Bool
            public var hasIndex: Bool
            public var allowsRobots: Bool
            public var bind: String
            /// Users who may read the logs of queues of files.
            public var readers: [String]
            /// `nil`: those of the factory.
            public var certificateFile: String?
            public var keyFile: String?
        }

        /// - Parameter folder: The usual one.
        public init(_ factory: SectionReader, folder usual: String = "/home/autopyfactory/factory/logs") {
            folder = factory.value("baseLogDir", .path, default: usual, "folder of pilots' logs")
            url = factory.value(
                "baseLogDirUrl", ValueKind<String>.webAddress.optional, default: nil,
                "what that folder is called from outside; its port is the log server's, which always speaks HTTPS")
            keepDays = factory.value(
                "cleanlogs.keepdays", .integer(in: 0...36_500), default: 14, "how many days logs are kept; 0: for ever")
            mostMegabytes = factory.value(
                "cleanlogs.maxsize", ValueKind<Int>.integer(in: 1...1_000_000_000).optional, default: nil,
                "megabytes of logs above which the oldest go, but none of today's; unset: any number")
            server = Server(factory)
        }

        /// Where the log server listens: the port of ``url``, or that of its scheme.
        public var port: Int { url.flatMap { WebAddress(text: $0)?.port } ?? usualPort }

        /// - Parameter host: The name of this machine.
        public func layout(host: String) -> LogLayout {
            LogLayout(base: folder, address: url ?? "https://\(host):\(usualPort)")
        }

        /// - Parameter days: Those that queues say themselves.
        public func retention(_ days: QueueLogDays) -> LogRetention {
            LogRetention(
                keepDays: keepDays, keepDaysByQueue: days.ofQueues, keepDaysOfRequests: days.ofRequests,
                mostBytes: mostMegabytes.map { Int64($0) * 1_000_000 })
        }
    }
}

extension FactoryKeys.Logs.Server {
    init(_ factory: SectionReader) {
        isOn = factory.value("logserver.enabled", .boolean, default: true, "whether logs are served")
        hasIndex = factory.value("logserver.index", .boolean, default: true, "whether folders can be listed")
        allowsRobots = factory.value(
            "logserver.allowrobots", .boolean, default: false, "whether search engines may read it")
        bind = factory.value("logserver.bind", .nonEmptyText, default: "0.0.0.0", "the log server's address")
        readers = factory.value(
            "logserver.readers", .list, default: [],
            "users who may read the logs of queues of files, besides administrators")
        certificateFile = factory.value(
            "logserver.certfile", ValueKind<String>.path.optional, default: nil,
            "certificate of the log server, with the name of its host; unset: that of the factory")
        keyFile = factory.value(
            "logserver.keyfile", ValueKind<String>.path.optional, default: nil, "its private key; unset: the factory's")
    }
}
