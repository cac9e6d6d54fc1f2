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

    /// - Throws: ``CredentialError`` `malformed` for unreadable text, `refused` when the signature does not fit the key.
    public init(pem: String) throws {
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(pemEncoded: pem)
        } catch {
            throw CredentialError(.malformed, "not a certificate signing request in PEM form: \(error)")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw CredentialError(.refused, "the signing request is not signed with the key it asks a certificate for")
        }
        self.request = request
    }

    public func pem() throws -> String {
        try request.serializeAsPEM().pemString + "\n"
    }

    /// The names the sender would like to see certified.
    public var alternativeNames: [AlternativeName] {
        guard let extensions = try? request.attributes.extensionRequest?.extensions,
            let names = try? extensions.subjectAlternativeNames
        else { return [] }
        return names.compactMap { AlternativeName($0) }
    }
}
