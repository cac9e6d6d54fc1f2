/// What one account at a site has been asked to do lately, and by which ways: what a resource owner wants to know.
public struct SiteTraffic: Codable, Sendable, Equatable {
    /// Commands in the minute before ``measured``, whatever they do.
    public var commands: Int
    /// Those of them that ask the batch system for something.
    public var scheduler_commands: Int
    /// The most commands a minute, over time.
    public var budget: Int
    /// Seconds until the budget covers the next command; 0 while it does.
    public var wait: Int
    /// What commands go through: `shell` (one that stays), `sessions` (one for each), with the reason in words where
    /// nothing else works there, or `local`.
    public var way: String
    /// Whether pilots' own events come: `followed`, or `none` and why.
    public var spool: String
    public var measured: Timestamp

    public init(
        commands: Int, scheduler_commands: Int, budget: Int, wait: Int, way: String, spool: String, measured: Timestamp
    ) {
        self.commands = commands
        self.scheduler_commands = scheduler_commands
        self.budget = budget
        self.wait = wait
        self.way = way
        self.spool = spool
        self.measured = measured
    }
}
