/// Stands in for swift-crypto's, which takes longer to build than all lives to live: no digest of anything that matters.
public struct SHA256: Sendable {
    private var state: [UInt64] = [0xcbf2_9ce4_8422_2325, 1, 2, 3]

    public init() {}

    /// FNV-1a, four times.
    public mutating func update(data: some Sequence<UInt8>) {
        for byte in data {
            for index in state.indices { state[index] = (state[index] ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
    }

    public func finalize() -> [UInt8] {
        state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
    }

    public static func hash(data: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: data)
        return hash.finalize()
    }
}
