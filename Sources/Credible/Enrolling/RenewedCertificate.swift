public import VC3Certificates
import VC3Model

/// The answer to a request for renewal, after it was found to be what was asked for.
public struct RenewedCertificate: Sendable, Equatable {
    /// The certificate, then those of intermediate authorities.
    public let chain: CertificateChain
    public let certificate: CertificateDocument

    /// - Parameters:
    ///   - pem: The answer.
    ///   - old: What it replaces.
    ///   - trusted: Authorities that others trust.
    /// - Throws: ``VC3Error`` `invalid`, naming what does not fit.
    public init(
        pem: String, replacing old: CertificateDocument, key: PrivateKey, trusted: [CertificateDocument]
    ) throws {
        do {
            chain = try CertificateChain(pem: pem)
        } catch {
            throw VC3Error(.invalid, "the renewed certificate cannot be read: \(error)", cause: error)
        }
        let certificate = chain.certificates[0]
        self.certificate = certificate
        if let problem = Self.problem(chain, old, key, trusted) {
            throw VC3Error(.invalid, "the renewed certificate \(certificate.serial) \(problem)")
        }
    }

    private static func problem(
        _ chain: CertificateChain, _ old: CertificateDocument, _ key: PrivateKey, _ trusted: [CertificateDocument]
    ) -> String? {
        let new = chain.certificates[0]
        if !new.matches(key) { return "is for another key" }
        if new.identity != old.identity || new.commonName != old.commonName {
            return "is \(describe(new))'s and not \(describe(old))'s"
        }
        let lost = Set(old.alternativeNames).subtracting(new.alternativeNames)
        if !lost.isEmpty { return "lacks \(lost.map(\.description).sorted().joined(separator: ", "))" }
        if new.notAfter <= old.notAfter { return "does not last longer than the one that it replaces" }
        let issuers = Array(chain.certificates.dropFirst()) + trusted
        let isTrusted = issuers.contains { issuer in
            new.isSigned(by: issuer)
                && (trusted.contains(issuer) || trusted.contains { issuer.isSigned(by: $0) })
        }
        return isTrusted ? nil : "is signed by no authority that is trusted here"
    }

    private static func describe(_ certificate: CertificateDocument) -> String {
        certificate.identity?.description ?? certificate.subject
    }
}
