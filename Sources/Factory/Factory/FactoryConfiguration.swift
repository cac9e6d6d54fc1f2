public import VC3Model

/// What a Factory needs to know before it starts.
public struct FactoryConfiguration: Sendable {
    /// The folder of all state; the Factory uses `factory/` in it. Absolute, of letters, digits and `+,-./=@_`, as
    /// ssh(1) works in it too.
    public var state: String
    /// The worker bundle, a local file: `vc3-worker.tar.gz` with `vc3-glidein` and `condor/` in it.
    public var bundle: String
    public var limits = SizingLimits()
    /// The most pilots at all sites together, where rules ask for it (``MaxPerFactory``); `nil`: any number.
    public var mostPilots: Int?
    /// Queues of files.
    public var fileQueues = QueueBoard()
    /// What is known of the jobs that wait for their pilots.
    public var demand = KnownDemand()
    /// What words of batch systems mean, where the administrator knows better.
    public var mappings = WordMappings()
    /// The private key of a profile that a queue of a file names; throws why it cannot be had.
    public var profileKey: @Sendable (String) async throws -> [UInt8] = { profile in
        throw FactoryConfigurationError("there is no profile '\(profile)'")
    }
    /// The most commands at a site in a minute, over time; short bursts after a change may be quicker.
    public var commandsPerMinute = 30
    /// The longest time between two looks at a site while pilots wait in its queue.
    public var longestLookWaiting = Duration.seconds(15)
    /// The same, while all pilots are running.
    public var longestLookRunning = Duration.seconds(30)
    /// The same, while pilots tell by themselves what happens to them.
    public var longestLookQuiet = Duration.seconds(60)
    /// How many pilots are risked at once at a site where none like them has been well.
    public var canaries = 2
    /// How long a pilot's token is good. The pilot gets a fresh one when a third of that has passed, so that a site may be
    /// out of reach for the rest.
    public var tokenLife = PilotRevocation.tokenLife
    /// How many pilot sets' statuses are written at the same time.
    public var writers = 8
    public var appearance = FactoryAppearance()
    /// Keeps what ended pilots had to say, before their files go; `nil`: nobody does.
    public var keepOutputs: (@Sendable ([PilotOutput]) async throws -> Void)?
    /// What else is to be said of the Factory in its entity. Types begin with a word and a dot of their own.
    public var remarks: @Sendable (Timestamp) -> [Condition] = { _ in [] }
    /// Where those who watch over it look.
    public var observation = FactoryObservation()

    public init(state: String, bundle: String) {
        self.state = state
        self.bundle = bundle
    }
}

/// What is wrong with a Factory's configuration.
public struct FactoryConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
