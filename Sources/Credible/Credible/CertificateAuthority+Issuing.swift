import Foundation
import VC3Certificates

extension CertificateAuthority {
    /// The stored certificate and key of a holder, as long as they are good; otherwise new ones.
    func credential(of holder: AuthorityLayout.Holder, _ profile: CertificateProfile) throws -> Credential {
        try locked {
            let authority = try establish()
            let (keyPath, certificatePath) = (layout.key(of: holder), layout.certificate(of: holder))
            for path in [keyPath, certificatePath] {
                let directory = (path as NSString).deletingLastPathComponent
                try SecretFile.makeDirectory(directory)
                try SecretFile.removeUnfinished(in: directory)
            }
            let key = try usableKey(at: keyPath, certifiedAt: certificatePath) ?? newKey(at: keyPath)
            let certificate =
                try goodCertificate(at: certificatePath, for: key, profile, authority)
                ?? newCertificate(at: certificatePath, for: key, profile, authority)
            return Credential(
                certificate: certificate, key: key, intermediate: authority.issuer.certificate, root: authority.root,
                certificatePath: certificatePath, keyPath: keyPath)
        }
    }

    /// Enters a certificate into the records of the level that signed it.
    func record(_ certificate: CertificateDocument, at level: AuthorityLayout.Level) throws {
        try IssuanceLog(path: level.index).append(issued: certificate)
        try SecretFile.write(
            certificate.pem, to: level.issued(serial: certificate.serial), mode: 0o444, replacing: false)
    }

    func key(at path: String) throws -> PrivateKey? {
        guard let text = try text(at: path) else { return nil }
        do {
            return try PrivateKey(pem: text)
        } catch {
            throw CredibleError(.damaged, "cannot use the key file '\(path)': \(error)")
        }
    }

    func certificate(at path: String) throws -> CertificateDocument? {
        guard let text = try text(at: path) else { return nil }
        do {
            return try CertificateDocument(pem: text)
        } catch {
            throw CredibleError(.damaged, "cannot use the certificate file '\(path)': \(error)")
        }
    }

    func text(at path: String) throws -> String? {
        try StoredText.read(path)
    }

    /// - Returns: `nil` when there is no key, or when the certificate for it was taken back.
    private func usableKey(at path: String, certifiedAt certificatePath: String) throws -> PrivateKey? {
        guard let stored = try key(at: path) else { return nil }
        guard let text = try text(at: certificatePath), let certificate = try? CertificateDocument(pem: text),
            certificate.matches(stored), try isRevoked(certificate)
        else { return stored }
        return nil
    }

    private func newKey(at path: String) throws -> PrivateKey {
        let key = try PrivateKey(generating: policy.leafKey)
        try SecretFile.write(key.pem, to: path, replacing: true)
        return key
    }

    /// - Returns: `nil` when there is none, or when it should no longer be given out: it is old, signed by somebody else,
    ///   for another key, or without a name of the profile.
    private func goodCertificate(
        at path: String, for key: PrivateKey, _ profile: CertificateProfile, _ authority: Established
    ) throws -> CertificateDocument? {
        guard let text = try text(at: path), let stored = try? CertificateDocument(pem: text),
            stored.matches(key), stored.isSigned(by: authority.issuer.certificate), !needsRenewal(stored),
            Set(profile.alternativeNames).isSubset(of: stored.alternativeNames)
        else { return nil }
        return stored
    }

    private func newCertificate(
        at path: String, for key: PrivateKey, _ profile: CertificateProfile, _ authority: Established
    ) throws -> CertificateDocument {
        let certificate = try authority.issuer.issue(profile, for: key, at: now())
        try record(certificate, at: layout.intermediate)
        try SecretFile.write(certificate.pem, to: path, mode: 0o444, replacing: true)
        notice("issued '\(certificate.subject)', serial \(certificate.serial), valid until \(certificate.notAfter)")
        return certificate
    }
}
