public import HummingbirdCore
import NIOCore
import NIOSSL
import VC3Certificates

/// HTTP/1.1 over TLS for those who have no certificate yet: shows what a ``MutualTLSServer`` shows at the time, and asks for
/// nothing in return.
public final class OpenTLSServer: Sendable {
    private let shown: MutualTLSServer
    private let limits: ConnectionLimits
    private let registry: ConnectionRegistry

    public init(showing shown: MutualTLSServer, limits: ConnectionLimits) {
        self.shown = shown
        self.limits = limits
        registry = ConnectionRegistry(limits: limits)
    }

    /// PEM text of the authorities that vouch for it.
    public func authoritiesPEM() throws -> String { try shown.credentials.trustedPEM() }

    /// The newest revocation list of the authority that issued the server's certificate, DER; `nil` when there is none.
    public func revocationListDER() throws -> [UInt8]? {
        try shown.revoked.newest(of: shown.credentials.certificate().issuer)?.der
    }

    /// As ``MutualTLSServer/counts``.
    public var counts: (open: Int, pending: Int, refusals: [ConnectionRefusal: Int]) { registry.counts }

    /// Forgets addresses that have been quiet.
    public func tidy() { registry.tidy(at: .now()) }

    public func builder(configuration: HTTP1Channel.Configuration = .init()) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            PeerNamingChannel(
                base: DroppableHTTPChannel(HTTP1Channel(responder: responder, configuration: configuration)),
                admission: .anybody, registry: self.registry, limits: self.limits
            ) { self.shown.openHandler() }
        }
    }
}
