import Crypto

/// The secret with which an HTCondor pool signs and checks the tokens of its members.
///
/// Whoever holds it can mint any identity of the pool, so it stays with the head node and with the service that
/// made the head node; workers get a ``PilotToken``. Printing a key shows none of it.
public struct PoolSigningKey: Sendable, Hashable {
    /// The file name of the key in the head node's `SEC_PASSWORD_DIRECTORY`, and the token's `kid`.
    ///
    /// Not `POOL`: HTCondor cuts that one key at its first zero byte and doubles it, for the sake of old pool passwords.
    public static let defaultID = "vc3"

    let material: [UInt8]

    /// A new key of 64 bytes from the system's random source, as long as those HTCondor makes for itself.
    public static func random() -> PoolSigningKey {
        PoolSigningKey(material: SymmetricKey(size: SymmetricKeySize(bitCount: 512)).withUnsafeBytes { Array($0) })
    }

    /// Reads back what ``fileContents`` wrote. Nil when there are fewer than 32 bytes: no key of ours is that short.
    public init?(fileContents: [UInt8]) {
        guard fileContents.count >= 32 else { return nil }
        self.init(material: Self.scrambled(fileContents))
    }

    init(material: [UInt8]) { self.material = material }

    /// What the file in `SEC_PASSWORD_DIRECTORY` holds: as secret as the key itself.
    ///
    /// HTCondor stores its keys exclusive-or'd with a fixed pattern. That hides nothing; it is merely the form in which
    /// the daemons expect them. They also insist on a file that only its owner can read.
    public var fileContents: [UInt8] { Self.scrambled(material) }

    private static func scrambled(_ bytes: [UInt8]) -> [UInt8] {
        let pattern: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF]
        return bytes.enumerated().map { $0.element ^ pattern[$0.offset % pattern.count] }
    }
}

extension PoolSigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "pool signing key (hidden)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
