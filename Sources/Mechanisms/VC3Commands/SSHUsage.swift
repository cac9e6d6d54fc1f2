/// What a session has asked of the host so far: the figures behind a command budget.
public struct SSHUsage: Sendable, Equatable {
    /// What commands go through.
    public enum Way: Sendable, Equatable {
        /// Each command through an SSH session of its own: a login shell and a process of sshd for each.
        case sessions
        /// Through one shell that stays, see ``SSHSession/serve()``; what it has no time for, through sessions.
        case standingShell
        /// Through sessions, because this host's shell cannot stay; in words, why.
        case sessionsOnly(String)
    }

    /// Commands started since the session was made.
    public var commandsRun: Int
    /// Commands started in the last sixty seconds.
    public var commandsInLastMinute: Int
    /// Connections opened since the session was made; a predecessor's connection that is still good counts as none.
    public var connectionsOpened: Int
    /// SSH sessions asked for on these connections (`MaxSessions` counts those at the same time). Each costs the host
    /// a process of sshd and a login shell.
    public var channelsOpened: Int
    public var way: Way

    public init(
        commandsRun: Int = 0, commandsInLastMinute: Int = 0, connectionsOpened: Int = 0, channelsOpened: Int = 0,
        way: Way = .sessions
    ) {
        self.commandsRun = commandsRun
        self.commandsInLastMinute = commandsInLastMinute
        self.connectionsOpened = connectionsOpened
        self.channelsOpened = channelsOpened
        self.way = way
    }
}
