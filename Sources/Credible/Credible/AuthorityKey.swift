import VC3Certificates

/// The key of an authority as it is kept: as it is, or sealed by a passphrase.
enum AuthorityKey {
    case open(PrivateKey)
    case sealed(path: String, text: String, passphrase: Passphrase)

    /// Seconds of work for a sealed key.
    func opened() throws -> PrivateKey {
        switch self {
        case .open(let key): return key
        case .sealed(let path, let text, let passphrase):
            do {
                return try PrivateKey(sealedPEM: text, passphrase: passphrase.read())
            } catch let error as CredentialError {
                throw CredibleError(.damaged, "cannot open '\(path)': \(error)")
            }
        }
    }
}

/// Where the passphrase of an authority's keys comes from. Asked only when a sealed key is needed, or made.
public struct Passphrase: Sendable {
    let read: @Sendable () throws -> String

    public init(_ read: @escaping @Sendable () throws -> String) {
        self.read = read
    }
}
