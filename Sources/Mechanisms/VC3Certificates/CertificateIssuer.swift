import CryptoExtras
public import Foundation
import X509

/// A certificate authority's certificate and key, able to sign.
public struct CertificateIssuer: Sendable {
    public let certificate: CertificateDocument
    let key: PrivateKey

    /// How far the start of validity lies before the time of issue, so that peers with late clocks accept the
    /// certificate at once.
    public static let backdating: Duration = .seconds(60)

    /// - Throws: ``CredentialError`` `malformed` when the key is not the certificate's.
    public init(certificate: CertificateDocument, key: PrivateKey) throws {
        guard certificate.matches(key) else {
            throw CredentialError(
                .malformed, "the private key does not belong to the certificate of '\(certificate.subject)'")
        }
        self.certificate = certificate
        self.key = key
    }

    /// A self-signed authority.
    public static func selfSigned(_ profile: CertificateProfile, key: PrivateKey, at now: Date) throws -> Self {
        let name = try profile.subject.distinguishedName()
        let certificate = try sign(
            profile, publicKey: key.signer.publicKey, issuerName: name, issuerKey: key, authorityKey: nil,
            from: now, limit: .distantFuture)
        return try Self(certificate: certificate, key: key)
    }

    /// Certifies the public half of `key`.
    ///
    /// Validity begins ``backdating`` before `now` and never outlives this authority's own certificate.
    public func issue(_ profile: CertificateProfile, for key: PrivateKey, at now: Date) throws -> CertificateDocument {
        try issue(profile, publicKey: key.signer.publicKey, at: now)
    }

    /// Certifies the key of a request. Nothing else of the request is used.
    public func issue(
        _ profile: CertificateProfile, for request: SigningRequest, at now: Date
    ) throws -> CertificateDocument {
        try issue(profile, publicKey: request.request.publicKey, at: now)
    }

    private func issue(
        _ profile: CertificateProfile, publicKey: Certificate.PublicKey, at now: Date
    ) throws -> CertificateDocument {
        guard now < certificate.notAfter else {
            throw CredentialError(
                .refused, "the authority '\(certificate.subject)' expired on \(certificate.notAfter) and cannot sign")
        }
        let limits = certificate.limits
        for name in profile.alternativeNames where !limits.allow(name) {
            throw CredentialError(
                .refused,
                "'\(certificate.subject)' may not certify \(name): it is limited to "
                    + (limits.domains + limits.networks).joined(separator: ", "))
        }
        let profile = profile.readable(under: limits)
        let issuer = certificate.certificate
        let keyIdentifier = try issuer.extensions.subjectKeyIdentifier
        return try Self.sign(
            profile, publicKey: publicKey, issuerName: issuer.subject, issuerKey: key,
            authorityKey: AuthorityKeyIdentifier(keyIdentifier: keyIdentifier?.keyIdentifier), from: now,
            limit: certificate.notAfter)
    }

    private static func sign(
        _ profile: CertificateProfile, publicKey: Certificate.PublicKey, issuerName: DistinguishedName,
        issuerKey: PrivateKey, authorityKey: AuthorityKeyIdentifier?, from now: Date, limit: Date
    ) throws -> CertificateDocument {
        let subject = try profile.subject.distinguishedName()
        let names = SubjectAlternativeNames(try profile.alternativeNames.map { try $0.generalName() })
        let isRSA = _RSA.Signing.PublicKey(publicKey) != nil
        let extensions = try Certificate.Extensions {
            switch profile.usage {
            case .authority(let pathLength):
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
            case .service:
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true, keyEncipherment: isRSA))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
            case .client:
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true, keyEncipherment: isRSA))
                try ExtendedKeyUsage([.clientAuth])
            }
            if !profile.alternativeNames.isEmpty {
                // RFC 5280, section 4.2.1.6: critical exactly when there is no subject to go by.
                if subject.isEmpty { Critical(names) } else { names }
            }
            if case .authority = profile.usage, !profile.limits.isEmpty { Critical(profile.limits.constraints) }
            SubjectKeyIdentifier(hash: publicKey)
            if let authorityKey { authorityKey }
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(bytes: randomSerial()), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-backdating.inSeconds),
            notValidAfter: min(now.addingTimeInterval(profile.lifetime.inSeconds), limit), issuer: issuerName,
            subject: subject, extensions: extensions, issuerPrivateKey: issuerKey.signer)
        return try CertificateDocument(certificate)
    }

    /// Random, so that concurrent or restored authorities never repeat one; positive and full length, so that the
    /// hexadecimal form always has 32 digits.
    private static func randomSerial() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let first = UInt8.random(in: 0x10...0x7f, using: &generator)
        return [first] + (1..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension CertificateProfile {
    /// Without a common name that readers would take for a host outside of the limits: OpenSSL does so with every common
    /// name that has a dot, where the certificate has no DNS name.
    fileprivate func readable(under limits: NamingLimits) -> Self {
        let hasDNSName = alternativeNames.contains { if case .dns = $0 { true } else { false } }
        guard let name = subject.commonName, !hasDNSName, !limits.domains.isEmpty, name.contains(".") else {
            return self
        }
        var profile = self
        profile.subject.commonName = nil
        return profile
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
