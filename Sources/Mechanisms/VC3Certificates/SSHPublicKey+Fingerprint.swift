import Crypto
import Foundation

extension SSHPublicKey {
    /// `SHA256:` and the unpadded base64 of the hash, as `ssh-keygen -l` prints it.
    public var fingerprint: String {
        let hash = Data(SHA256.hash(data: blob)).base64EncodedString()
        return "SHA256:" + hash.prefix { $0 != "=" }
    }
}
