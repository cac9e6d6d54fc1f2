public import Foundation
public import VC3Certificates

/// A certificate that somebody sent, once it is known to be good for the party that asked for it.
public struct FirstCertificate: Sendable, Hashable {
    /// The certificate, then the intermediate: what goes into the file.
    public let pem: String
    public let certificate: CertificateDocument
    public let identity: CertificateIdentity

    /// - Parameters:
    ///   - pem: As the Infoservice answers: the certificate, then those between it and a root.
    ///   - key: That it must be for.
    ///   - roots: Those that are trusted.
    /// - Throws: ``EnrolmentError`` `untrusted`, saying what is wrong.
    public init(
        pem: String, for key: PrivateKey, rootedIn roots: [CertificateDocument], at now: Date
    ) throws(EnrolmentError) {
        let chain: [CertificateDocument]
        do { chain = try CertificateChain(pem: pem).certificates } catch {
            throw EnrolmentError(.untrusted, "what was sent is no certificate: \(error)")
        }
        guard let certificate = chain.first, certificate.matches(key) else {
            throw EnrolmentError(.untrusted, "the certificate that was sent is for another key")
        }
        guard let identity = certificate.identity else {
            throw EnrolmentError(.untrusted, "the certificate that was sent names nobody")
        }
        for (issued, issuer) in zip(chain, chain.dropFirst()) where !(issuer.isAuthority && issued.isSigned(by: issuer))
        {
            throw EnrolmentError(.untrusted, "the certificates that were sent do not lead from one to the next")
        }
        guard let last = chain.last, roots.contains(where: { $0.isAuthority && last.isSigned(by: $0) }) else {
            throw EnrolmentError(
                .untrusted, "the certificate that was sent does not come from the authority that is trusted")
        }
        guard certificate.notBefore <= now, now < certificate.notAfter else {
            throw EnrolmentError(
                .untrusted,
                "the certificate that was sent is valid from \(certificate.notBefore) to \(certificate.notAfter); is this"
                    + " machine's clock right?")
        }
        self.pem = chain.map(\.pem).joined()
        self.certificate = certificate
        self.identity = identity
    }
}
