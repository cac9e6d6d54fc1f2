/// How a session behaves as a guest on somebody's login node.
public struct SSHLimits: Sendable, Equatable {
    /// Commands under way at the same time. sshd allows 10 by default (sshd_config(5), `MaxSessions`); the
    /// account's owner may be logged in too. The session lowers it by itself when the host refuses.
    public var channels: Int = 4
    /// The longest to wait for the connection, and for the login after it.
    public var connectTimeout: Duration = .seconds(20)
    /// How long an idle connection stays, also when this process was killed.
    public var idleTimeout: Duration = .seconds(90)
    /// The longest that a followed folder may say nothing before the way to it counts as lost; when nothing happens it
    /// says so every ten seconds.
    public var longestSilence: Duration = .seconds(60)
    /// The wait after the first failed connection; it doubles with each further one, less up to a fifth at random.
    public var firstBackoff: Duration = .seconds(2)
    /// The longest wait between two attempts to connect.
    public var longestBackoff: Duration = .seconds(300)
    /// The first wait after a refused login: hosts lock out addresses that knock too often.
    public var refusedBackoff: Duration = .seconds(60)
    /// The most bytes of standard output that are kept; a command that writes more is stopped.
    public var outputLimit: Int = 32 << 20

    public init() {}
}
