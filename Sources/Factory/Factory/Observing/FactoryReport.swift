public import VC3Model

/// How a Factory does at a moment, for those who watch over it.
public struct FactoryReport: Sendable, Equatable {
    public var id: String
    /// When it began to work.
    public var since: Timestamp
    /// When the Infoservice last took its heartbeat; `nil`: not yet.
    public var heartbeat: Timestamp?
    public var ledgerBytes: Int64
    public var sites: [SiteReport]

    public init(id: String, since: Timestamp, heartbeat: Timestamp? = nil, ledgerBytes: Int64, sites: [SiteReport]) {
        self.id = id
        self.since = since
        self.heartbeat = heartbeat
        self.ledgerBytes = ledgerBytes
        self.sites = sites
    }
}

/// How the work at one account goes.
public struct SiteReport: Sendable, Equatable {
    public var id: SiteID
    public var resource: String
    public var account: String
    /// `account@host`, or that it is this machine.
    public var name: String
    public var sets: [PilotSetReport] = []
    public var counts = SiteCounts()
    /// The most commands in a minute, over time.
    public var commandsPerMinute: Int
    /// Commands that may run now; negative after steps that could not wait.
    public var commandsLeft: Double
    /// `nil` until this process has asked it.
    public var isReachable: Bool?
    /// Since it last answered a look; `nil` when it has not.
    public var sinceLook: Duration?
    /// What is wrong at the moment.
    public var trouble: SiteTrouble?

    public init(
        id: SiteID, resource: String, account: String, name: String, commandsPerMinute: Int, commandsLeft: Double
    ) {
        self.id = id
        self.resource = resource
        self.account = account
        self.name = name
        self.commandsPerMinute = commandsPerMinute
        self.commandsLeft = commandsLeft
    }
}

/// What is wrong with a site, or with what one of its pilot sets asks for.
public struct SiteTrouble: Sendable, Equatable {
    /// One CamelCase word: the reason of a condition.
    public var reason: String
    public var message: String

    public init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
}

/// The pilots of one set.
public struct PilotSetReport: Sendable, Equatable {
    public var name: String
    /// The original's name for it: request, nodeset and allocation with dots between them.
    public var queue: String
    public var submitting = 0
    public var pending = 0
    public var running = 0
    public var retiring = 0
    /// Of the ended ones, those that it remembers.
    public var done = 0
    public var expired = 0
    public var failed = 0
    public var vanished = 0
    /// The batch system's names of those that are alive, if they were asked for.
    public var jobs: [String] = []
    /// Failures in a row; 0 when all is well.
    public var breakerFailures = 0
    /// Whether it is a queue of a file that decides no more.
    public var isResting = false
    /// Why it has too few, while the site refuses pilots or they fail.
    public var trouble: SiteTrouble?

    public init(name: String, queue: String) {
        self.name = name
        self.queue = queue
    }
}
