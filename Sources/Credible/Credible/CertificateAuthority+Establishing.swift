import Foundation
public import VC3Certificates

extension CertificateAuthority {
    /// The authority as it is kept.
    struct Established {
        let root: CertificateDocument
        let intermediate: CertificateDocument
        /// Able to sign. Opens a sealed key, which takes a while and may ask a person for the passphrase.
        let issuer: () throws -> CertificateIssuer
    }

    /// Makes the authority, or completes it; and seals its keys when there is a passphrase for them.
    ///
    /// - Returns: Root and intermediate, in this order.
    @discardableResult public func initialize() throws -> CertificateChain {
        try locked {
            let authority = try establish()
            for level in [layout.root, layout.intermediate, layout.ssh("user"), layout.ssh("host")] {
                try seal(level)
            }
            return CertificateChain([authority.root, authority.intermediate])
        }
    }

    /// Reads both levels, and makes or completes what is missing. Call with the lock held.
    ///
    /// While the intermediate is sound, the root key is not touched: it may be kept off the machine.
    func establish() throws -> Established {
        let storedRoot = try certificate(at: layout.root.certificate)
        if let root = storedRoot {
            guard root.notBefore <= now() else {
                throw CredibleError(
                    .clock,
                    "the clock of this machine says \(now()), which is before '\(layout.root.certificate)' began on"
                        + " \(root.notBefore); set the clock")
            }
            if !needsRenewal(root), let (intermediate, key) = try currentIntermediate(under: root) {
                return try established(root, intermediate, key)
            }
        }
        let root = try rootIssuer(storedRoot)
        let (intermediate, key) =
            try currentIntermediate(under: root.certificate) ?? newIntermediate(under: root)
        return try established(root.certificate, intermediate, key)
    }

    /// Whether a third of the certificate's life or less remains, or its time has not come.
    func needsRenewal(_ certificate: CertificateDocument) -> Bool {
        let life = certificate.notAfter.timeIntervalSince(certificate.notBefore)
        return certificate.notAfter.timeIntervalSince(now()) <= life / 3 || certificate.notBefore > now()
    }

    private func established(
        _ root: CertificateDocument, _ intermediate: CertificateDocument, _ key: AuthorityKey
    ) throws -> Established {
        let chain = CertificateChain([root, intermediate]).pem
        if try storage.backend.text(at: layout.chain) != chain {
            try commit(
                StorageChange(files: [
                    StoredFile(path: layout.chain, content: chain, mode: 0o444, replacing: true)
                ]))
        }
        return Established(root: root, intermediate: intermediate) {
            let key = try key.opened()
            guard intermediate.matches(key) else { throw mismatch(layout.intermediate) }
            return try CertificateIssuer(certificate: intermediate, key: key)
        }
    }

    private func rootIssuer(_ stored: CertificateDocument?) throws -> CertificateIssuer {
        let level = layout.root
        if let stored {
            guard let key = try authorityKey(of: level)?.opened() else {
                throw CredibleError(
                    .damaged,
                    "the root key '\(level.key)' is needed and missing; restore it, or move '\(layout.base)' away to"
                        + " start a new authority")
            }
            guard stored.matches(key) else { throw mismatch(level) }
            if !needsRenewal(stored) { return try CertificateIssuer(certificate: stored, key: key) }
        }
        let (key, keyFile) = try keyOrNew(of: level)
        var subject = policy.site
        subject.commonName = "\(name)-Root"
        let issuer = try CertificateIssuer.selfSigned(.root(subject), key: key, at: now())
        try commit(issuer.certificate, of: level, recordedAt: level, keyFile)
        notice(.made("made the root certificate of \(name), valid until \(issuer.certificate.notAfter)"))
        return issuer
    }

    /// - Returns: `nil` when the intermediate has to be issued, or issued anew.
    private func currentIntermediate(
        under root: CertificateDocument
    ) throws -> (CertificateDocument, AuthorityKey)? {
        let level = layout.intermediate
        guard let stored = try certificate(at: level.certificate), !needsRenewal(stored) else { return nil }
        guard policy.limits.isEmpty || stored.limits == policy.limits else { return nil }
        guard let key = try authorityKey(of: level) else {
            throw CredibleError(
                .damaged,
                "the intermediate key '\(level.key)' is missing; restore it, or remove '\(level.certificate)' to have"
                    + " both made anew")
        }
        if case .open(let key) = key, !stored.matches(key) { throw mismatch(level) }
        guard stored.isSigned(by: root) else {
            throw CredibleError(
                .damaged,
                "'\(level.certificate)' is not signed by '\(layout.root.certificate)'; restore the one that belongs to"
                    + " the other")
        }
        return (stored, key)
    }

    private func newIntermediate(under root: CertificateIssuer) throws -> (CertificateDocument, AuthorityKey) {
        let level = layout.intermediate
        let (key, keyFile) = try keyOrNew(of: level)
        var subject = policy.site
        subject.commonName = "\(name)-Intermediate"
        let certificate = try root.issue(.intermediate(subject, limits: policy.limits), for: key, at: now())
        try commit(certificate, of: level, recordedAt: layout.root, keyFile)
        notice(.made("made the intermediate certificate of \(name), valid until \(certificate.notAfter)"))
        return (certificate, .open(key))
    }

    private func commit(
        _ certificate: CertificateDocument, of level: AuthorityLayout.Level, recordedAt issuer: AuthorityLayout.Level,
        _ keyFile: StoredFile?
    ) throws {
        let file = StoredFile(
            path: level.certificate, alias: issuer.issued(serial: certificate.serial), content: certificate.pem,
            mode: 0o444, replacing: true)
        try makeDirectory(issuer)
        try commit(
            StorageChange(
                files: [keyFile, file].compactMap { $0 },
                log: (issuer.index, IssuanceLog.line(issued: certificate))))
    }

    private func mismatch(_ level: AuthorityLayout.Level) -> CredibleError {
        CredibleError(
            .damaged,
            "'\(level.key)' is not the key of '\(level.certificate)'; restore the one that belongs to the other")
    }
}
