import Crypto

/// A program that pilots bring along.
public struct QueueProgram: Sendable, Equatable {
    public let content: [UInt8]
    /// SHA-256, hexadecimal: one program in many sections is compared by this.
    public let digest: String

    /// The most bytes of a program.
    public static let longest = 1 << 20

    public init(_ content: [UInt8]) {
        self.content = content
        digest = SHA256.hash(data: content).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
