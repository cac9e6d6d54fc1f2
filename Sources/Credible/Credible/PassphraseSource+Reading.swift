import Foundation

extension PassphraseSource {
    /// The passphrase, where nobody has to be asked for it.
    ///
    /// - Parameter credentials: The folder of systemd's credentials (`CREDENTIALS_DIRECTORY`), if there is one.
    /// - Returns: `nil` for ``prompt``.
    /// - Throws: ``CredibleError``: saying what is in the way, never with a part of the passphrase.
    public func text(credentials: String?) throws -> String? {
        switch self {
        case .prompt: return nil
        case .file(let path): return try Self.firstLine(of: path)
        case .credential(let name):
            guard let credentials else {
                throw CredibleError(
                    .damaged,
                    "keypassphrase = credential:\(name) needs a service with LoadCredential=\(name):PATH;"
                        + " CREDENTIALS_DIRECTORY is not set")
            }
            return try Self.firstLine(of: credentials + "/" + name)
        }
    }

    private static func firstLine(of path: String) throws -> String {
        guard let text = try StoredText.read(path) else {
            throw CredibleError(.system(ENOENT), "cannot read '\(path)': \(String(cString: strerror(ENOENT)))")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw CredibleError(
                .damaged,
                "others can read the passphrase in '\(path)' (mode 0\(String(mode, radix: 8))); run: chmod 600 \(path)")
        }
        let line = text.prefix { !$0.isNewline }
        guard !line.isEmpty else { throw CredibleError(.damaged, "the passphrase in '\(path)' is empty") }
        return String(line)
    }
}
