import Foundation
public import VC3Certificates

extension CertificateAuthority {
    /// The public half of the key that vouches for SSH keys of users or hosts. Made when it is missing.
    public func sshAuthority(_ kind: SSHCertificate.Kind) throws -> SSHPublicKey {
        try locked { try sshAuthorityKey(kind).publicKey }
    }

    /// Vouches for an SSH key, and notes that in `ssh/index.txt`.
    public func sign(_ key: SSHPublicKey, as profile: SSHCertificate.Profile) throws -> SSHCertificate {
        let principals = try profile.principals.map { try PrincipalName($0, argument: "principal").text }
        return try locked {
            let authority = try sshAuthorityKey(profile.kind).key
            let certificate = try SSHCertificate(
                profile, for: key, signedBy: authority, serial: .random(in: 1...UInt64(Int64.max)), at: now())
            let subject =
                "\(profile.kind) id=\(profile.keyIdentifier) principals=\(principals.joined(separator: ","))"
                + " key=\(key.fingerprint)"
            try commit(
                StorageChange(
                    log: (
                        layout.ssh("\(profile.kind)").index,
                        IssuanceLog.line(
                            issued: String(certificate.serial), until: certificate.validBefore, to: subject)
                    )))
            notice(.made("signed \(subject), serial \(certificate.serial), until \(certificate.validBefore)"))
            return certificate
        }
    }

    func sshAuthorityKey(_ kind: SSHCertificate.Kind) throws -> (key: PrivateKey, publicKey: SSHPublicKey) {
        let level = layout.ssh("\(kind)")
        let (key, file) = try keyOrNew(of: level, kind: policy.sshAuthorityKey)
        let publicKey = try key.sshPublicKey(comment: "\(name)-\(kind)-ca")
        let publicFile = StoredFile(
            path: "\(level.directory)/\(level.name).pub", content: publicKey.line + "\n", mode: 0o444, replacing: true)
        if try file != nil || storage.backend.text(at: publicFile.path) != publicFile.content {
            try makeDirectory(level)
            try commit(StorageChange(files: [file, publicFile].compactMap { $0 }))
        }
        return (key, publicKey)
    }
}
