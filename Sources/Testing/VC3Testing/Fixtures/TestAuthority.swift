public import Foundation
public import VC3Certificates
public import VC3Model
public import VC3Transport

/// A certificate authority in memory, for tests that speak mutual TLS.
public struct TestAuthority: Sendable {
    public let issuer: CertificateIssuer

    public init() throws {
        issuer = try CertificateIssuer.selfSigned(
            .root(SubjectName(commonName: "Test authority"), lifetime: .days(2)), key: PrivateKey(), at: Date())
    }

    /// A certificate that names this identity, good for both ends of a connection on the loopback interface.
    ///
    /// - Parameters:
    ///   - lifetime: Counted from `start`.
    ///   - trusting: The authority whose peers it accepts; this one unless given.
    public func credentials(
        _ identity: Identity, from start: Date = Date(), lifetime: Duration = .days(1),
        trusting other: TestAuthority? = nil
    ) throws -> TLSCredentials {
        try credentials(
            role: identity.role.rawValue, name: identity.name, from: start, lifetime: lifetime, trusting: other)
    }

    /// As ``credentials(_:from:lifetime:trusting:)`` for a role that the Infoservice may not know.
    public func credentials(
        role: String, name: String, from start: Date = Date(), lifetime: Duration = .days(1),
        trusting other: TestAuthority? = nil
    ) throws -> TLSCredentials {
        let (certificate, key) = try issue(role: role, name: name, from: start, lifetime: lifetime)
        return try TLSCredentials(
            certificatePEM: certificate.pem, keyPEM: key.pem,
            trustedPEM: (other ?? self).issuer.certificate.pem)
    }

    /// As ``issue(role:name:from:lifetime:)``, as files have them.
    public func pem(
        role: String, name: String, from start: Date = Date(), lifetime: Duration = .days(1)
    ) throws -> (certificate: String, key: String) {
        let (certificate, key) = try issue(role: role, name: name, from: start, lifetime: lifetime)
        return (certificate.pem, key.pem)
    }

    /// A certificate good for both ends of a connection on the loopback interface, and its key.
    public func issue(
        role: String, name: String, from start: Date = Date(), lifetime: Duration = .days(1)
    ) throws -> (certificate: CertificateDocument, key: PrivateKey) {
        let key = try PrivateKey()
        let profile = try CertificateProfile.component(
            CertificateIdentity(role: role, name: name), alsoKnownAs: [.dns("localhost"), .ip("127.0.0.1")],
            lifetime: lifetime)
        return (try issuer.issue(profile, for: key, at: start), key)
    }
}
