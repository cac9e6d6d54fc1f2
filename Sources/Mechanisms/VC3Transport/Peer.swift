public import Foundation
import NIOConcurrencyHelpers
public import VC3Certificates
public import VC3Model

/// Who is at the other end of a mutual-TLS connection. The certificate is read once for each connection.
public struct Peer: Sendable {
    /// The task's connection, while a request of a ``MutualTLSServer`` is being answered.
    @TaskLocal static var connection: PeerConnection?

    /// The peer of the request that this task answers.
    public static var current: Peer? { connection?.peer }

    /// The network address, without a port, of whoever made the request that this task answers, peer or stranger; `nil`
    /// when the system tells none.
    public static var currentAddress: String? { connection?.address }

    /// Upper-case hexadecimal.
    public let serial: String
    /// Name of the authority that issued the certificate, in the form of RFC 4514.
    public let issuer: String
    public let notAfter: Date
    /// Network address and port, as in `10.0.0.7:51234` or `[2001:db8::7]:51234`; `nil` when the system tells none.
    public let address: String?
    /// Who the certificate names, whatever the role; `nil` when it names nobody.
    public var certified: CertificateIdentity? { named }
    /// DNS names and addresses in the certificate.
    public let hosts: [AlternativeName]
    private let named: CertificateIdentity?

    init(der: [UInt8], address: String?) throws {
        self.address = address
        let certificate = try CertificateDocument(der: der)
        serial = certificate.serial
        issuer = certificate.issuer
        notAfter = certificate.notAfter
        named = certificate.identity
        hosts = certificate.alternativeNames.filter { name in
            if case .uri = name { false } else { true }
        }
    }

    /// - Throws: ``VC3Error`` `unauthenticated` when the certificate names nobody, or a role that has no business here.
    public func identity() throws -> Identity {
        guard let named else {
            throw VC3Error(
                .unauthenticated,
                "certificate \(serial) carries no name of the form vc3://<role>/<name>; get one from credible")
        }
        guard let role = Role(rawValue: named.role) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw VC3Error(
                .unauthenticated, "certificate \(serial) names role '\(named.role)'; the Infoservice knows \(roles)")
        }
        return Identity(role: role, name: named.name)
    }
}

/// Filled on the event loop when the handshake ends, read by the tasks that answer requests.
final class PeerConnection: Sendable {
    private let box = NIOLockedValueBox<Peer?>(nil)
    private let idBox = NIOLockedValueBox<ConnectionRegistry.ID?>(nil)
    private let addressBox = NIOLockedValueBox<String?>(nil)
    private let admittedBox = NIOLockedValueBox(false)

    /// Where it comes from, without the port.
    var address: String? {
        get { addressBox.withLockedValue(\.self) }
        set { addressBox.withLockedValue { $0 = newValue } }
    }

    /// Whether its handshake has ended.
    var isAdmitted: Bool {
        get { admittedBox.withLockedValue(\.self) }
        set { admittedBox.withLockedValue { $0 = newValue } }
    }

    /// Its number in the registry; `nil` while it is not admitted.
    var id: ConnectionRegistry.ID? {
        get { idBox.withLockedValue(\.self) }
        set { idBox.withLockedValue { $0 = newValue } }
    }

    var peer: Peer? {
        get { box.withLockedValue(\.self) }
        set { box.withLockedValue { $0 = newValue } }
    }
}
