import Crypto
import CryptoExtras
import X509

extension Certificate.PublicKey {
    /// The kind of key for people.
    var words: String {
        if let key = _RSA.Signing.PublicKey(self) { return "RSA \(key.keySizeInBits) bits" }
        if P256.Signing.PublicKey(self) != nil { return "P-256" }
        if P384.Signing.PublicKey(self) != nil { return "P-384" }
        if P521.Signing.PublicKey(self) != nil { return "P-521" }
        if Curve25519.Signing.PublicKey(self) != nil { return "Ed25519" }
        return "unknown"
    }

    /// Whether an authority should vouch for a key of this kind and size. More than 8192 bits of RSA would keep every peer
    /// busy at each connection.
    var isAcceptable: Bool {
        if let key = _RSA.Signing.PublicKey(self) { return (2048...8192).contains(key.keySizeInBits) }
        return P256.Signing.PublicKey(self) != nil || P384.Signing.PublicKey(self) != nil
            || Curve25519.Signing.PublicKey(self) != nil
    }
}
