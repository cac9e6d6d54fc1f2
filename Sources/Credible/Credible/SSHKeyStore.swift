import Foundation
public import VC3Certificates

/// SSH key pairs in files: `<vardir>/ssh/<storename>/<principal>/<principal>` and `.pub`.
///
/// Asking twice gives the same pair. The private file is what counts: a missing public one is made again from it.
public struct SSHKeyStore: Sendable {
    public static let defaultName = "sshdefault"

    private let base: String
    private let kind: KeyKind

    /// Nothing is read or made yet.
    ///
    /// - Parameter kind: The kind of key for principals that have none yet.
    public init(vardir: String, name: String = SSHKeyStore.defaultName, kind: KeyKind = .ed25519) throws {
        base = "\(vardir)/ssh/\(try PrincipalName(plain: name, argument: "store name"))"
        self.kind = kind
    }

    /// The pair of a principal, whose name is also the comment of the key.
    ///
    /// - Returns: The contents of both files. The call waits for the disk and perhaps for RSA.
    public func keys(for principal: String) throws -> (publicLine: String, privateText: String) {
        let principal = try PrincipalName(principal, argument: "principal")
        let directory = "\(base)/\(principal)"
        let privatePath = "\(directory)/\(principal)"
        try SecretFile.makeDirectory(directory)
        return try FileLock.hold(directory + "/.lock") {
            try SecretFile.removeUnfinished(in: directory)
            let privateText = try StoredText.read(privatePath) ?? newKey(at: privatePath, principal)
            return (try publicLine(at: privatePath + ".pub", privateText, principal), privateText)
        }
    }

    private func newKey(at path: String, _ principal: PrincipalName) throws -> String {
        let text = try PrivateKey(generating: kind).openSSHText(comment: principal.text)
        try SecretFile.write(text, to: path, replacing: false)
        return text
    }

    private func publicLine(at path: String, _ privateText: String, _ principal: PrincipalName) throws -> String {
        let publicKey: SSHPublicKey
        do {
            // Stores of earlier versions hold RSA keys in the PEM form that ssh-keygen wrote then.
            publicKey =
                try (try? PrivateKey(pem: privateText))?.sshPublicKey(comment: principal.text)
                ?? SSHPublicKey(openSSHPrivateText: privateText, comment: principal.text)
        } catch {
            throw CredibleError(.damaged, "cannot use the private key beside '\(path)': \(error)")
        }
        if let stored = try StoredText.read(path), let line = try? SSHPublicKey(parsing: stored),
            line.blob == publicKey.blob
        {
            return stored
        }
        let line = publicKey.line + "\n"
        try SecretFile.write(line, to: path, mode: 0o444, replacing: true)
        return line
    }
}
