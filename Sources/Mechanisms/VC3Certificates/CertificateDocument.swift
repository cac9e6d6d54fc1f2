import Crypto
public import Foundation
import SwiftASN1
import X509

/// A certificate as read or issued, with the facts that others decide by.
///
/// Reading does not verify: signature, validity and purpose are the business of the TLS layer or ``CertificateIssuer``.
public struct CertificateDocument: Hashable, Sendable {
    let certificate: Certificate

    /// The binary form.
    public let der: [UInt8]

    init(_ certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        self.certificate = certificate
        self.der = serializer.serializedBytes
    }

    /// Reads one PEM block of type `CERTIFICATE`; text around the block is ignored.
    public init(pem: String) throws {
        let all = try CertificateChain(pem: pem).certificates
        guard all.count == 1, let only = all.first else {
            throw CredentialError(.malformed, "expected one certificate, found \(all.count)")
        }
        self = only
    }

    /// Reads the binary form, as a TLS library hands it out for a peer.
    public init(der: [UInt8]) throws {
        do {
            certificate = try Certificate(derEncoded: der)
            self.der = der
        } catch {
            throw CredentialError(.malformed, "not an X.509 certificate: \(error)")
        }
    }

    /// The PEM form, ending in a newline.
    public var pem: String {
        PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n"
    }

    /// The serial number in upper-case hexadecimal, two digits a byte, as `openssl x509 -serial` prints it.
    public var serial: String {
        let bytes = certificate.serialNumber.bytes
        return bytes.isEmpty ? "00" : bytes.map(\.paddedHex).joined()
    }

    public var notBefore: Date { certificate.notValidBefore }
    public var notAfter: Date { certificate.notValidAfter }

    /// The subject in the form of RFC 4514.
    public var subject: String { certificate.subject.description }
    public var issuer: String { certificate.issuer.description }

    /// The most specific common name of the subject.
    public var commonName: String? {
        for relativeName in certificate.subject.reversed() {
            for attribute in relativeName where attribute.type == .RDNAttributeType.commonName {
                return String(attribute.value)
            }
        }
        return nil
    }

    /// DNS names, addresses and URIs of the subject; other types and unreadable extensions count as absent.
    public var alternativeNames: [AlternativeName] {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return names.compactMap { AlternativeName($0) }
    }

    /// Who the bearer is.
    ///
    /// - Returns: `nil` when the certificate names no identity, or more than one: a bearer cannot choose.
    public var identity: CertificateIdentity? {
        let uris = alternativeNames.compactMap { name -> String? in
            if case .uri(let uri) = name, uri.hasPrefix("vc3:") { uri } else { nil }
        }
        guard uris.count == 1, let uri = uris.first else { return nil }
        return CertificateIdentity(uri: uri)
    }

    /// The names that this authority may certify; ``NamingLimits/none`` where nothing readable limits it.
    public var limits: NamingLimits { (try? NamingLimits(of: certificate)) ?? .none }

    /// What the certificate's key is, in words such as `P-256` and `RSA 4096 bits`.
    public var keyDescription: String { certificate.publicKey.words }

    /// The purposes of the extended key usage, such as `serverAuth`; empty where any is allowed.
    public var purposes: [String] {
        guard let usages = try? certificate.extensions.extendedKeyUsage else { return [] }
        return usages.map { usage in
            switch usage {
            case .serverAuth: "serverAuth"
            case .clientAuth: "clientAuth"
            case .emailProtection: "emailProtection"
            default: "\(usage)"
            }
        }
    }

    /// Whether it may sign certificates.
    public var isAuthority: Bool {
        guard let constraints = try? certificate.extensions.basicConstraints else { return false }
        if case .isCertificateAuthority = constraints { return true } else { return false }
    }

    /// SHA-256 of the binary form, as `openssl x509 -fingerprint -sha256` prints it after the equals sign.
    public var fingerprint: String { SHA256.hash(data: der).map(\.paddedHex).joined(separator: ":") }

    /// Whether the key of this certificate belongs to `key`.
    public func matches(_ key: PrivateKey) -> Bool {
        certificate.publicKey == key.signer.publicKey
    }

    /// Whether `issuer` signed this certificate.
    public func isSigned(by issuer: CertificateDocument) -> Bool {
        certificate.issuer == issuer.certificate.subject
            && issuer.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }
}
