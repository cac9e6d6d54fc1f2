import Foundation
import VC3Certificates

/// Finds or makes the credentials of one turn, and collects what has to be written.
struct Issuing {
    private let store: CertificateAuthority
    private let authority: CertificateAuthority.Established
    private let renewal: CertificateAuthority.Renewal
    private var issuer: CertificateIssuer?
    private var revoked: Set<String>?
    private var files: [StoredFile] = []
    private(set) var issued: [CertificateDocument] = []

    init(
        _ store: CertificateAuthority, _ authority: CertificateAuthority.Established,
        _ renewal: CertificateAuthority.Renewal
    ) {
        (self.store, self.authority, self.renewal) = (store, authority, renewal)
    }

    /// - Returns: `nil` when everything was there.
    var change: StorageChange? {
        guard !files.isEmpty else { return nil }
        let lines = issued.map { IssuanceLog.line(issued: $0) }.joined()
        return StorageChange(files: files, log: (store.layout.intermediate.index, lines))
    }

    mutating func credential(
        of holder: AuthorityLayout.Holder, _ profile: CertificateProfile
    ) throws -> Credential {
        let (keyPath, certificatePath) = (store.layout.key(of: holder), store.layout.certificate(of: holder))
        // An unreadable certificate is made anew; an unreadable key is not, because somebody may need it.
        let text = try store.storage.backend.text(at: certificatePath)
        let stored = text.flatMap { try? CertificateDocument(pem: $0) }
        let storedKey = renewal == .keyToo ? nil : try usableKey(at: keyPath, stored)
        let key = try storedKey ?? newKey(for: profile)
        let certificate: CertificateDocument
        if let stored, renewal == .whenDue, storedKey != nil, isGood(stored, for: key, profile) {
            certificate = stored
        } else {
            certificate = try newCertificate(for: key, profile)
            if storedKey == nil {
                files.append(StoredFile(path: keyPath, content: key.pem, mode: 0o400, replacing: true))
            }
            files.append(
                StoredFile(
                    path: certificatePath,
                    alias: store.layout.intermediate.issued(serial: certificate.serial), content: certificate.pem,
                    mode: 0o444, replacing: true))
            issued.append(certificate)
        }
        return Credential(
            certificate: certificate, key: key, intermediate: authority.intermediate, root: authority.root,
            certificatePath: certificatePath, keyPath: keyPath)
    }

    /// - Returns: `nil` when there is no key, or when the certificate for it was taken back.
    private mutating func usableKey(at path: String, _ certificate: CertificateDocument?) throws -> PrivateKey? {
        guard let key = try store.key(at: path) else { return nil }
        guard let certificate, certificate.matches(key) else { return key }
        let revoked = try self.revoked ?? store.revokedSerials()
        self.revoked = revoked
        return revoked.contains(certificate.serial) ? nil : key
    }

    private func newKey(for profile: CertificateProfile) throws -> PrivateKey {
        try PrivateKey(generating: profile.usage == .client ? store.policy.userKey : store.policy.hostKey)
    }

    private mutating func newCertificate(
        for key: PrivateKey, _ profile: CertificateProfile
    ) throws -> CertificateDocument {
        let issuer = try self.issuer ?? authority.issuer()
        self.issuer = issuer
        return try issuer.issue(profile, for: key, at: store.now())
    }

    /// Not when it should no longer be given out: it is old, signed by somebody else, for another key, or without a name
    /// of the profile.
    private func isGood(
        _ certificate: CertificateDocument, for key: PrivateKey, _ profile: CertificateProfile
    ) -> Bool {
        certificate.matches(key) && certificate.isSigned(by: authority.intermediate)
            && !store.needsRenewal(certificate)
            && Set(profile.alternativeNames).isSubset(of: certificate.alternativeNames)
    }
}
