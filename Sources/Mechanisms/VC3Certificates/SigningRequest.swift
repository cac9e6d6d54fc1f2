import Crypto
import SwiftASN1
import X509

/// A request for a certificate (PKCS#10) whose signature has been checked: the sender holds the private key.
///
/// What the request asks for beyond its key is a wish: the issuer decides subject, names and usage by its own profile.
public struct SigningRequest: Sendable {
    let request: CertificateSigningRequest

    /// Makes a request where the key lives; only ``pem`` travels.
    public init(key: PrivateKey, commonName: String, alternativeNames: [AlternativeName] = []) throws {
        let subject = try SubjectName(commonName: commonName).distinguishedName()
        let names = try alternativeNames.map { try $0.generalName() }
        var attributes = CertificateSigningRequest.Attributes()
        if !names.isEmpty {
            let extensions = try Certificate.Extensions { SubjectAlternativeNames(names) }
            attributes = try .init([.init(ExtensionRequest(extensions: extensions))])
        }
        request = try CertificateSigningRequest(
            version: .v1, subject: subject, privateKey: key.signer, attributes: attributes)
    }

    /// - Throws: ``CredentialError`` `malformed` for unreadable text, `refused` when the signature does not fit the key or
    ///   the key is weak.
    public init(pem: String) throws {
        let der: [UInt8]
        do {
            let document = try PEMDocument(pemString: pem)
            guard ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"].contains(document.discriminator) else {
                throw CredentialError(.malformed, "the PEM block is a \(document.discriminator)")
            }
            der = document.derBytes
        } catch {
            throw CredentialError(.malformed, "not a certificate signing request in PEM form: \(error)")
        }
        try self.init(der: der)
    }

    /// Reads the binary form; otherwise as ``init(pem:)``.
    public init(der: [UInt8]) throws {
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(derEncoded: der)
        } catch CryptoKitError.incorrectParameterSize {
            throw CredentialError(.refused, "the signing request has an RSA key of under 2048 bits")
        } catch {
            throw CredentialError(.malformed, "not a certificate signing request: \(error)")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw CredentialError(.refused, "the signing request is not signed with the key it asks a certificate for")
        }
        guard request.publicKey.isAcceptable else {
            throw CredentialError(
                .refused,
                "the signing request has a key of kind \(request.publicKey.words); make an RSA key of 2048 to 8192 bits,"
                    + " or one of P-256, P-384 or Ed25519")
        }
        self.request = request
    }

    public func pem() throws -> String {
        try request.serializeAsPEM().pemString + "\n"
    }

    /// What the request's key is, in words such as `P-256` and `RSA 4096 bits`.
    public var keyDescription: String { request.publicKey.words }

    /// The subject the sender would like, in the form of RFC 4514.
    public var subject: String { request.subject.description }

    /// Whether the request is for `key`.
    public func matches(_ key: PrivateKey) -> Bool { request.publicKey == key.signer.publicKey }

    /// The names the sender would like to see certified.
    public var alternativeNames: [AlternativeName] {
        guard let extensions = try? request.attributes.extensionRequest?.extensions,
            let names = try? extensions.subjectAlternativeNames
        else { return [] }
        return names.compactMap { AlternativeName($0) }
    }
}
