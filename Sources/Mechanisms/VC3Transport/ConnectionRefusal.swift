/// Why a connection was closed by this side.
public enum ConnectionRefusal: String, Sendable, CaseIterable {
    /// There are as many connections as are allowed.
    case tooMany = "too-many"
    /// The address has as many connections as are allowed.
    case addressTooMany = "address-too-many"
    /// Too many handshakes of the address have failed.
    case addressFailing = "address-failing"
    /// Newer connections needed the place before the handshake had ended.
    case crowdedOut = "crowded-out"
    case handshakeTimeout = "handshake-timeout"
    /// No certificate, an expired one, one of another authority, or no TLS at all.
    case handshakeFailed = "handshake-failed"
    case revoked
    /// The certificate ran out while the connection was open.
    case expired
    case slowRequest = "slow-request"
    case idle
    /// The peer did not read what was sent.
    case unread
}
