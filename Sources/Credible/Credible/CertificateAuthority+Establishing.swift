import Foundation
import VC3Certificates

extension CertificateAuthority {
    /// The authority as it stands on disk.
    struct Established {
        let root: CertificateDocument
        let issuer: CertificateIssuer
    }

    /// Reads both levels, and makes or completes what is missing. Call with the lock held.
    ///
    /// While the intermediate is sound, the root key is not touched: it may be kept off the machine.
    func establish() throws -> Established {
        for level in [layout.root, layout.intermediate] {
            for part in ["", "/private", "/certs", "/newcerts", "/crl"] {
                try SecretFile.removeUnfinished(in: level.directory + part)
            }
        }
        let storedRoot = try certificate(at: layout.root.certificate)
        if let root = storedRoot, !needsRenewal(root), let issuer = try currentIntermediate(under: root) {
            try writeChain(root, issuer.certificate)
            return Established(root: root, issuer: issuer)
        }
        let root = try rootIssuer(storedRoot)
        let issuer = try currentIntermediate(under: root.certificate) ?? newIntermediate(under: root)
        try writeChain(root.certificate, issuer.certificate)
        return Established(root: root.certificate, issuer: issuer)
    }

    /// Whether a third of the certificate's life or less remains, or its time has not come.
    func needsRenewal(_ certificate: CertificateDocument) -> Bool {
        let life = certificate.notAfter.timeIntervalSince(certificate.notBefore)
        return certificate.notAfter.timeIntervalSince(now()) <= life / 3 || certificate.notBefore > now()
    }

    private func rootIssuer(_ stored: CertificateDocument?) throws -> CertificateIssuer {
        let level = layout.root
        if let stored {
            guard let key = try key(at: level.key) else {
                throw CredibleError(
                    .damaged,
                    "the root key '\(level.key)' is needed and missing; restore it, or move '\(layout.base)' away to"
                        + " start a new authority")
            }
            guard stored.matches(key) else { throw mismatch(level) }
            if !needsRenewal(stored) { return try CertificateIssuer(certificate: stored, key: key) }
        }
        let key = try authorityKey(of: level)
        var subject = policy.site
        subject.commonName = "\(name)-Root"
        let issuer = try CertificateIssuer.selfSigned(.root(subject), key: key, at: now())
        try record(issuer.certificate, at: level)
        try SecretFile.write(issuer.certificate.pem, to: level.certificate, mode: 0o444, replacing: true)
        notice("made the root certificate of \(name), valid until \(issuer.certificate.notAfter)")
        return issuer
    }

    /// - Returns: `nil` when the intermediate has to be issued, or issued anew.
    private func currentIntermediate(under root: CertificateDocument) throws -> CertificateIssuer? {
        let level = layout.intermediate
        guard let stored = try certificate(at: level.certificate), !needsRenewal(stored) else { return nil }
        guard let key = try key(at: level.key) else {
            throw CredibleError(
                .damaged,
                "the intermediate key '\(level.key)' is missing; restore it, or remove '\(level.certificate)' to have"
                    + " both made anew")
        }
        guard stored.matches(key) else { throw mismatch(level) }
        guard stored.isSigned(by: root) else {
            throw CredibleError(
                .damaged,
                "'\(level.certificate)' is not signed by '\(layout.root.certificate)'; restore the one that belongs to"
                    + " the other")
        }
        return try CertificateIssuer(certificate: stored, key: key)
    }

    private func newIntermediate(under root: CertificateIssuer) throws -> CertificateIssuer {
        let level = layout.intermediate
        let key = try authorityKey(of: level)
        var subject = policy.site
        subject.commonName = "\(name)-Intermediate"
        let certificate = try root.issue(.intermediate(subject), for: key, at: now())
        try record(certificate, at: layout.root)
        try SecretFile.write(certificate.pem, to: level.certificate, mode: 0o444, replacing: true)
        notice("made the intermediate certificate of \(name), valid until \(certificate.notAfter)")
        return try CertificateIssuer(certificate: certificate, key: key)
    }

    private func authorityKey(of level: AuthorityLayout.Level) throws -> PrivateKey {
        if let key = try key(at: level.key) { return key }
        let key = try PrivateKey(generating: policy.authorityKey)
        try SecretFile.write(key.pem, to: level.key, replacing: false)
        return key
    }

    private func writeChain(_ root: CertificateDocument, _ intermediate: CertificateDocument) throws {
        let chain = CertificateChain([root, intermediate]).pem
        guard try text(at: layout.chain) != chain else { return }
        try SecretFile.write(chain, to: layout.chain, mode: 0o444, replacing: true)
    }

    private func mismatch(_ level: AuthorityLayout.Level) -> CredibleError {
        CredibleError(
            .damaged,
            "'\(level.key)' is not the key of '\(level.certificate)'; restore the one that belongs to the other")
    }
}
