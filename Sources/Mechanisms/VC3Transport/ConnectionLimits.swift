/// What a connection may cost before it is closed.
///
/// A peer without a certificate never gets beyond its handshake, so the first group is what a stranger meets.
public struct ConnectionLimits: Sendable, Equatable {
    /// From the first packet to the end of the TLS handshake.
    public var handshake: Duration
    /// Connections whose handshake has not ended. One more crowds out the oldest of them.
    public var pending: Int
    /// Handshakes of one address that may fail in quick succession; each ``failureRecovery`` forgives one of them.
    /// Further connections from it are closed before any TLS work.
    public var failures: Int
    public var failureRecovery: Duration
    /// Connections of one address, and of all.
    public var perAddress: Int
    public var total: Int

    /// From the first byte of a request to its last.
    public var request: Duration
    /// Between two requests.
    public var idle: Duration
    /// For which the peer may leave what was sent to it unread.
    public var unread: Duration

    public init(
        handshake: Duration = .seconds(10), pending: Int = 1024, failures: Int = 200,
        failureRecovery: Duration = .milliseconds(200), perAddress: Int = 4096, total: Int = 16_384,
        request: Duration = .seconds(60), idle: Duration = .seconds(300), unread: Duration = .seconds(60)
    ) {
        self.handshake = handshake
        self.pending = pending
        self.failures = failures
        self.failureRecovery = failureRecovery
        self.perAddress = perAddress
        self.total = total
        self.request = request
        self.idle = idle
        self.unread = unread
    }
}
