public import VC3Model

/// What a command needs of the machine it runs on; programs hand in the real one, tests their own.
public struct ClientSurroundings: Sendable {
    public var console: Console
    public var clock: WallClock
    /// Pauses for so long; throws `CancellationError` when cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// What `~` stands for in file names.
    public var homeFolder: String
    /// Asks the person at the terminal something that is not shown while it is typed; `nil` where nobody is.
    public var ask: (@Sendable (_ question: String) async throws -> [UInt8])?

    public init(
        console: Console, clock: WallClock, sleep: @escaping @Sendable (Duration) async throws -> Void,
        homeFolder: String, ask: (@Sendable (_ question: String) async throws -> [UInt8])? = nil
    ) {
        self.console = console
        self.clock = clock
        self.sleep = sleep
        self.homeFolder = homeFolder
        self.ask = ask
    }
}
