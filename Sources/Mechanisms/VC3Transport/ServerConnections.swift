import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import VC3Certificates
import VC3Model

/// The connections of a client by whom they lead to, so that those to a server whose certificate is taken back can be closed.
final class ServerConnections: Sendable {
    private struct Server {
        var channel: any Channel
        var serial: String
        var issuer: String
    }

    private struct State {
        var servers: [ObjectIdentifier: Server] = [:]
        var revoked: HeardRevocations
    }

    private let state: NIOLockedValueBox<State>

    init(revoked: RevocationLists) {
        state = NIOLockedValueBox(State(revoked: HeardRevocations(filed: revoked)))
    }

    var revoked: RevocationLists { state.withLockedValue(\.revoked.all) }

    /// Notes a connection whose TLS handshake has ended.
    ///
    /// - Returns: Fails with ``RevokedServer``, and the connection is closed, when its authority has taken the server's
    ///   certificate back.
    func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMapThrowing { [self] certificate in
            guard let certificate else { throw NIOSSLError.noCertificateToValidate }
            let document = try CertificateDocument(der: certificate.toDERBytes())
            let server = Server(channel: channel, serial: document.serial, issuer: document.issuer)
            // Noted first, so that a list that arrives now finds the connection.
            let revoked = state.withLockedValue { state in
                state.servers[ObjectIdentifier(channel)] = server
                return state.revoked.all
            }
            channel.closeFuture.whenComplete { _ in
                self.state.withLockedValue { $0.servers[ObjectIdentifier(channel)] = nil }
            }
            if revoked.revoke(serial: server.serial, of: server.issuer) {
                channel.close(promise: nil)
                throw RevokedServer(serial: server.serial)
            }
        }
    }

    func hear(_ lists: RevocationLists) -> Int? {
        let found = state.withLockedValue { state -> [any Channel]? in
            guard state.revoked.hear(lists) else { return nil }
            let all = state.revoked.all
            return state.servers.values.filter { all.revoke(serial: $0.serial, of: $0.issuer) }.map(\.channel)
        }
        guard let found else { return nil }
        for channel in found { channel.close(promise: nil) }
        return found.count
    }
}

/// A server showed a certificate that its authority has taken back.
struct RevokedServer: Error, CustomStringConvertible {
    let serial: String

    var description: String {
        "its authority has taken back the server's certificate \(serial): it may be somebody else; have the Infoservice's"
            + " host given a new certificate"
    }
}
