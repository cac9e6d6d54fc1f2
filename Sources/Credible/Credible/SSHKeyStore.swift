import Foundation
public import VC3Certificates

/// SSH key pairs: `<vardir>/ssh/<storename>/<principal>/<principal>` and `.pub`.
///
/// Asking twice gives the same pair. The private file is what counts: a missing public one is made again from it.
public struct SSHKeyStore: Sendable {
    public static let defaultName = "sshdefault"

    private let storage: CredentialStorage
    private let base: String
    private let kind: KeyKind

    /// Nothing is read or made yet.
    ///
    /// - Parameter kind: The kind of key for principals that have none yet.
    public init(
        storage: CredentialStorage, name: String = SSHKeyStore.defaultName, kind: KeyKind = .ed25519
    ) throws {
        self.storage = storage
        base = "\(storage.vardir)/ssh/\(try PrincipalName(plain: name, argument: "store name"))"
        self.kind = kind
    }

    /// A store in files under `vardir`.
    public init(vardir: String, name: String = SSHKeyStore.defaultName, kind: KeyKind = .ed25519) throws {
        try self.init(storage: .file(vardir: vardir), name: name, kind: kind)
    }

    /// The pair of a principal, whose name is also the comment of the key.
    ///
    /// - Parameter kind: The kind of key if there is none yet; unset: the store's.
    /// - Returns: The contents of both files. The call waits for the disk and perhaps for RSA.
    public func keys(
        for principal: String, kind: KeyKind? = nil
    ) throws -> (publicLine: String, privateText: String) {
        let principal = try PrincipalName(principal, argument: "principal")
        let (directory, path) = place(of: principal)
        return try storage.backend.exclusively(in: directory) {
            var files: [StoredFile] = []
            let privateText: String
            if let stored = try storage.backend.text(at: path) {
                privateText = stored
            } else {
                privateText = try PrivateKey(generating: kind ?? self.kind).openSSHText(comment: principal.text)
                files.append(StoredFile(path: path, content: privateText, mode: 0o400, replacing: false))
            }
            let publicKey = try publicKey(of: privateText, at: path, principal)
            let storedLine = try storage.backend.text(at: path + ".pub")
            if let storedLine, let line = try? SSHPublicKey(parsing: storedLine), line.blob == publicKey.blob {
                return (storedLine, privateText)
            }
            let line = publicKey.line + "\n"
            files.append(StoredFile(path: path + ".pub", content: line, mode: 0o444, replacing: true))
            try storage.backend.commit(StorageChange(files: files), in: directory)
            return (line, privateText)
        }
    }

    /// Puts a pair in the place of the principal's own, if any. Repeating it does no harm; cut off, it has happened or not.
    ///
    /// - Throws: ``CredibleError`` `damaged` when the text is no private key.
    public func replaceKeys(of principal: String, with privateText: String) throws {
        let principal = try PrincipalName(principal, argument: "principal")
        let (directory, path) = place(of: principal)
        let line = try publicKey(of: privateText, at: path, principal).line + "\n"
        try storage.backend.exclusively(in: directory) {
            let files = [
                StoredFile(path: path, content: privateText, mode: 0o400, replacing: true),
                StoredFile(path: path + ".pub", content: line, mode: 0o444, replacing: true),
            ]
            try storage.backend.commit(StorageChange(files: files), in: directory)
        }
    }

    private func place(of principal: PrincipalName) -> (directory: String, path: String) {
        ("\(base)/\(principal)", "\(base)/\(principal)/\(principal)")
    }

    private func publicKey(
        of privateText: String, at path: String, _ principal: PrincipalName
    ) throws -> SSHPublicKey {
        do {
            // Stores of earlier versions hold RSA keys in the PEM form that ssh-keygen wrote then.
            return try (try? PrivateKey(pem: privateText))?.sshPublicKey(comment: principal.text)
                ?? SSHPublicKey(openSSHPrivateText: privateText, comment: principal.text)
        } catch {
            throw CredibleError(.damaged, "cannot use the private key '\(path)': \(error)")
        }
    }
}
