public import Foundation
public import VC3Certificates

/// One line of what an authority has issued.
public struct IssuedCertificate: Sendable {
    public enum Status: String, Sendable {
        case valid
        case expired
        case revoked
    }

    /// Upper-case hexadecimal.
    public let serial: String
    public let subject: String
    /// `nil` for certificates of earlier versions, and for those of which only the record is left.
    public let identity: CertificateIdentity?
    public let notAfter: Date
    public let status: Status
}

extension CertificateAuthority {
    /// Everything issued to hosts, users and components, in the order of issue. Makes nothing; without an authority, nothing
    /// was issued.
    public func issued() throws -> [IssuedCertificate] {
        let log = try IssuanceLog(storage.backend, layout.intermediate.index)
        let revoked = Set(try log.revocations().map(\.serial))
        let now = self.now()
        return try log.entries().filter { !$0.isRevocation || $0.subject.isEmpty }.map { entry in
            guard let end = IndexTime.date(of: entry.notAfter) else {
                throw CredibleError(
                    .damaged, "'\(log.path)' has no readable end of validity for serial \(entry.serial); mend that line"
                )
            }
            let certificate = try? certificate(at: layout.intermediate.issued(serial: entry.serial))
            return IssuedCertificate(
                serial: entry.serial, subject: entry.subject, identity: certificate?.identity, notAfter: end,
                status: revoked.contains(entry.serial) ? .revoked : end <= now ? .expired : .valid)
        }
    }

    /// The certificate with a serial number.
    ///
    /// - Throws: ``CredibleError`` `name` when no certificate with that number was issued.
    public func certificate(serial: String) throws -> CertificateDocument {
        try issuedCertificate(PrincipalName(plain: serial.uppercased(), argument: "serial number").text)
    }
}
