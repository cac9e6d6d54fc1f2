import Crypto
import Foundation
import VC3Commands

/// A host key as administrators publish it and ssh(1) shows it: `SHA256:` and the unpadded base64 of its hash.
enum HostKeyFingerprint {
    static func of(_ key: PinnedHostKey) -> String? {
        guard let blob = Data(base64Encoded: key.base64) else { return nil }
        return "SHA256:" + Data(SHA256.hash(data: blob)).base64EncodedString().prefix { $0 != "=" }
    }
}
