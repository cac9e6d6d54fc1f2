public import Foundation
public import HummingbirdCore
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
public import VC3Certificates

/// HTTP/1.1 over TLS that admits only clients with a certificate; handlers find them in ``Peer/current``.
///
/// Certificates and revocation lists can be replaced while it runs: connections from then on go by the new ones, and
/// those of peers whose certificate was taken back are closed.
public final class MutualTLSServer: Sendable {
    public let limits: ConnectionLimits
    let registry: ConnectionRegistry
    private let current: NIOLockedValueBox<Current>

    private struct Current {
        var context: NIOSSLContext
        /// For those who have no certificate.
        var openContext: NIOSSLContext
        var credentials: TLSCredentials
        var revoked: HeardRevocations
    }

    /// - Throws: `VC3Error` `invalid` when the key does not belong to the certificate.
    public init(
        _ credentials: TLSCredentials, revoked: RevocationLists = RevocationLists(),
        limits: ConnectionLimits = ConnectionLimits()
    ) throws {
        self.limits = limits
        registry = ConnectionRegistry(limits: limits)
        current = NIOLockedValueBox(
            Current(
                context: try credentials.serverContext(), openContext: try credentials.openServerContext(),
                credentials: credentials, revoked: HeardRevocations(filed: revoked)))
    }

    /// Goes by these from now on. What is wrong with them is thrown, and then nothing has changed.
    ///
    /// - Returns: How many connections of revoked peers were closed.
    /// - Throws: `VC3Error` `invalid` when the key does not belong to the certificate.
    @discardableResult
    public func use(_ credentials: TLSCredentials, revoked: RevocationLists) throws -> Int {
        let context = try credentials.serverContext()
        let openContext = try credentials.openServerContext()
        let all = current.withLockedValue { current in
            current.context = context
            current.openContext = openContext
            current.credentials = credentials
            current.revoked.file(revoked)
            return current.revoked.all
        }
        return closeRevoked(all)
    }

    /// Goes by these lists as well, for as long as it runs, and closes the connections of those who are on them.
    ///
    /// - Returns: How many were closed; `nil` when the lists bring nothing new.
    @discardableResult
    public func hear(_ lists: RevocationLists) -> Int? {
        let all = current.withLockedValue { $0.revoked.hear(lists) ? $0.revoked.all : nil }
        return all.map(closeRevoked)
    }

    private func closeRevoked(_ lists: RevocationLists) -> Int {
        close(.revoked) { lists.revoke(serial: $0.serial, of: $0.issuer) }
    }

    /// Closes the connections of peers whose certificate has run out.
    ///
    /// - Returns: How many.
    @discardableResult
    public func closeExpired(at now: Date) -> Int {
        registry.tidy(at: .now())
        return close(.expired) { $0.notAfter < now }
    }

    private func close(_ reason: ConnectionRefusal, where isMeant: (Peer) -> Bool) -> Int {
        let channels = registry.channels(where: isMeant)
        for channel in channels {
            registry.note(reason)
            channel.close(promise: nil)
        }
        return channels.count
    }

    /// What this end shows and whom it trusts at present.
    public var credentials: TLSCredentials { current.withLockedValue(\.credentials) }
    public var revoked: RevocationLists { current.withLockedValue(\.revoked.all) }

    /// Connections that are open, those among them whose handshake has not ended, and closed ones by reason.
    public var counts: (open: Int, pending: Int, refusals: [ConnectionRefusal: Int]) { registry.counts }

    func revokes(_ peer: Peer) -> Bool { revoked.revoke(serial: peer.serial, of: peer.issuer) }

    public func builder(configuration: HTTP1Channel.Configuration = .init()) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            PeerNamingChannel(
                base: DroppableHTTPChannel(HTTP1Channel(responder: responder, configuration: configuration)),
                admission: .certified { self.revokes($0) }, registry: self.registry, limits: self.limits
            ) { NIOSSLServerHandler(context: self.current.withLockedValue(\.context)) }
        }
    }

    /// TLS as this server speaks it at present, but without asking for a certificate.
    func openHandler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: current.withLockedValue(\.openContext))
    }
}
