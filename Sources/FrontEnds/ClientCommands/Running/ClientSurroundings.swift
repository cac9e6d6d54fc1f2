public import VC3Model

/// What a command needs of the machine it runs on; programs hand in the real one, tests their own.
public struct ClientSurroundings: Sendable {
    public var console: Console
    public var clock: WallClock
    /// Pauses for so long; throws `CancellationError` when cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// What `~` stands for in file names.
    public var homeFolder: String

    public init(
        console: Console, clock: WallClock, sleep: @escaping @Sendable (Duration) async throws -> Void,
        homeFolder: String
    ) {
        self.console = console
        self.clock = clock
        self.sleep = sleep
        self.homeFolder = homeFolder
    }
}
