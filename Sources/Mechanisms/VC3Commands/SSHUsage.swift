/// What a session has asked of the host so far: the figures behind a command budget.
public struct SSHUsage: Sendable, Equatable {
    /// Commands started since the session was made.
    public var commandsRun: Int
    /// Commands started in the last sixty seconds.
    public var commandsInLastMinute: Int
    /// Connections opened since the session was made; a predecessor's connection that is still good counts as none.
    public var connectionsOpened: Int

    public init(commandsRun: Int = 0, commandsInLastMinute: Int = 0, connectionsOpened: Int = 0) {
        self.commandsRun = commandsRun
        self.commandsInLastMinute = commandsInLastMinute
        self.connectionsOpened = connectionsOpened
    }
}
