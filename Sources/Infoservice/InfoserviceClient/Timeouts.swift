/// How long the client waits for what.
public struct Timeouts: Sendable {
    /// For a connection, TLS included.
    public var connect: Duration
    /// For a whole answer, watches excepted.
    public var answer: Duration
    /// A connection that stays silent for so long is lost. Several of the server's heartbeats.
    public var silence: Duration
    /// How often a read is tried in all, while the server cannot be reached.
    public var attempts: Int
    /// For how long a watch tries to resume before it fails.
    public var resume: Duration

    public init(
        connect: Duration = .seconds(5), answer: Duration = .seconds(30), silence: Duration = .seconds(35),
        attempts: Int = 4, resume: Duration = .seconds(60)
    ) {
        self.connect = connect
        self.answer = answer
        self.silence = silence
        self.attempts = attempts
        self.resume = resume
    }
}
