import Foundation
public import VC3Certificates

extension CertificateAuthority {
    /// Takes back an SSH certificate. Servers hear of it through ``sshRevocationList()``. Repeating it changes nothing.
    ///
    /// - Parameter serial: In decimal, as `ssh-keygen -L` shows it.
    /// - Throws: ``CredibleError`` `name` when nothing was signed under that number.
    public func revokeSSH(serial: String) throws {
        let index = layout.ssh("\(SSHCertificate.Kind.user)").index
        try locked {
            let entries = try IssuanceLog(storage.backend, index).entries().filter { $0.serial == serial }
            guard let entry = entries.first else {
                let shown = try PrincipalName(plain: serial, argument: "serial number")
                throw CredibleError(
                    .name,
                    "authority \(name) has signed no SSH key under serial number \(shown); ssh-keygen -L shows that of a"
                        + " certificate")
            }
            guard !entries.contains(where: \.isRevocation) else { return }
            try commit(StorageChange(log: (index, IssuanceLog.line(revoking: entry, at: now()))))
            notice(.made("revoked \(entry.subject), serial \(serial)"))
        }
    }

    /// Every SSH certificate that was taken back, of users and hosts.
    public func sshRevocationList() throws -> SSHRevocationList {
        try locked {
            let index = layout.ssh("\(SSHCertificate.Kind.user)").index
            let revoked = try IssuanceLog(storage.backend, index).entries().filter(\.isRevocation)
            let sections = try SSHCertificate.Kind.allCases.map { kind in
                SSHRevocationList.Section(
                    authority: try sshAuthorityKey(kind).publicKey,
                    serials: revoked.filter { $0.subject.hasPrefix("\(kind) ") }.compactMap { UInt64($0.serial) })
            }
            return SSHRevocationList(sections, version: UInt64(revoked.count), at: now())
        }
    }
}
