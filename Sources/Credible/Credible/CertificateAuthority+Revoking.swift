import Foundation
public import VC3Certificates

extension CertificateAuthority {
    /// Takes back a certificate that this authority has issued. Taking it back again changes nothing.
    ///
    /// Its holder gets a new key and certificate with the next call that asks for them. Others hear of it through
    /// ``revocationList()``.
    ///
    /// - Parameter serial: In hexadecimal, as `openssl x509 -serial` prints it.
    /// - Throws: ``CredibleError`` `name` when no certificate with that number was issued.
    public func revoke(serial: String, because reason: RevocationList.Reason = .unspecified) throws {
        let serial = try PrincipalName(plain: serial.uppercased(), argument: "serial number").text
        try locked {
            let certificate = try issuedCertificate(serial)
            guard try !revokedSerials().contains(serial) else { return }
            try takeBack([certificate], reason)
        }
    }

    /// Takes back everything that an identity has and that still counts: what it renewed as well as what it began with.
    /// In one step: a renewal that goes on meanwhile is either among it or is refused.
    ///
    /// - Returns: The serial numbers.
    /// - Throws: ``CredibleError`` `name` when it has nothing that counts.
    @discardableResult
    public func revoke(
        allOf identity: CertificateIdentity, because reason: RevocationList.Reason = .unspecified
    ) throws -> [String] {
        try locked {
            let serials = try issued().filter { $0.identity == identity && $0.status == .valid }.map(\.serial)
            guard !serials.isEmpty else {
                throw CredibleError(
                    .name, "\(identity) has no certificate that still counts; 'credible list' has all")
            }
            try takeBack(serials.map(issuedCertificate), reason)
            return serials
        }
    }

    private func takeBack(_ certificates: [CertificateDocument], _ reason: RevocationList.Reason) throws {
        let authority = try establish()
        let lines = certificates.map { IssuanceLog.line(revoked: $0, at: now(), reason) }.joined()
        try commit(StorageChange(log: (layout.intermediate.index, lines)))
        _ = try newRevocationList(authority)
        for certificate in certificates {
            notice(.made("revoked '\(certificate.subject)', serial \(certificate.serial)"))
        }
    }

    /// As ``revoke(serial:because:)``, with the one reason that readers treat differently.
    public func revoke(serial: String, keyCompromised: Bool) throws {
        try revoke(serial: serial, because: keyCompromised ? .keyCompromise : .unspecified)
    }

    /// The revocation list in PEM form.
    public func revocationListPEM() throws -> String {
        try revocationList().pem
    }

    /// The list of everything taken back, valid for 30 days and renewed when half of that has gone.
    public func revocationList() throws -> RevocationList {
        try locked {
            let authority = try establish()
            if let text = try storage.backend.text(at: layout.revocationList),
                let list = try? RevocationList(pem: text, signedBy: authority.intermediate),
                list.nextUpdate.timeIntervalSince(now()) > 15 * 86_400,
                try list.serials == revokedSerials()
            {
                return list
            }
            return try newRevocationList(authority)
        }
    }

    /// What the log says; the list may be a step behind.
    func revokedSerials() throws -> Set<String> {
        Set(try IssuanceLog(storage.backend, layout.intermediate.index).revocations().map(\.serial))
    }

    func issuedCertificate(_ serial: String) throws -> CertificateDocument {
        guard let certificate = try certificate(at: layout.intermediate.issued(serial: serial)) else {
            throw CredibleError(
                .name, "authority \(name) has issued no certificate \(serial); 'credible list' has all")
        }
        return certificate
    }

    private func newRevocationList(_ authority: Established) throws -> RevocationList {
        let entries = try IssuanceLog(storage.backend, layout.intermediate.index).revocations()
        let stored = try storage.backend.text(at: layout.revocationListNumber)?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard let number = Int(stored ?? "1000", radix: 16) else {
            throw CredibleError(.damaged, "'\(layout.revocationListNumber)' does not hold a hexadecimal number")
        }
        let list = try authority.issuer().revocationList(entries, number: number, at: now())
        let next = String(number + 1, radix: 16, uppercase: true) + "\n"
        // In this order: the number is used up before the list exists, so that two lists never share one.
        try commit(
            StorageChange(files: [
                StoredFile(path: layout.revocationListNumber, content: next, mode: 0o600, replacing: true),
                StoredFile(path: layout.revocationList, content: list.pem, mode: 0o444, replacing: true),
            ]))
        return list
    }
}
