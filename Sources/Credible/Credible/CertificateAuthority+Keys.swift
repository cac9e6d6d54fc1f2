import Foundation
import VC3Certificates

/// The authority's own keys.
extension CertificateAuthority {
    /// - Returns: `nil` when there is none.
    func authorityKey(of level: AuthorityLayout.Level) throws -> AuthorityKey? {
        if let key = try key(at: level.key) { return .open(key) }
        guard let text = try storage.backend.secret(at: level.sealedKey, warning: { notice(.warning($0)) }) else {
            return nil
        }
        guard let passphrase else {
            throw CredibleError(
                .damaged,
                "'\(level.sealedKey)' is sealed by a passphrase; say where that is with 'keypassphrase' in"
                    + " [credible-ssca]")
        }
        return .sealed(path: level.sealedKey, text: text, passphrase: passphrase)
    }

    /// - Returns: The key, and the file to write when it is new.
    func keyOrNew(of level: AuthorityLayout.Level, kind: KeyKind? = nil) throws -> (PrivateKey, StoredFile?) {
        if let key = try authorityKey(of: level) { return (try key.opened(), nil) }
        let key = try PrivateKey(generating: kind ?? policy.authorityKey)
        return (key, try keyFile(of: level, key))
    }

    /// Seals a key that is not.
    ///
    /// The sealed form is there before the open one goes: a cut in between leaves both, and the open one counts.
    func seal(_ level: AuthorityLayout.Level) throws {
        guard passphrase != nil, let key = try key(at: level.key) else { return }
        var file = try keyFile(of: level, key)
        file.replacing = true
        try commit(StorageChange(files: [file]))
        try storage.backend.remove(level.key)
        notice(.made("sealed '\(level.sealedKey)'"))
    }

    private func keyFile(of level: AuthorityLayout.Level, _ key: PrivateKey) throws -> StoredFile {
        guard let passphrase else {
            return StoredFile(path: level.key, content: key.pem, mode: 0o400, replacing: false)
        }
        return StoredFile(
            path: level.sealedKey, content: try key.sealedPEM(passphrase: passphrase.read()), mode: 0o400,
            replacing: false)
    }
}
