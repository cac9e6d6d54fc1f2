/// Names one pilot for ever: in the ledger, at its site (job name `vc3-<id>`) and in the pool (slot name).
///
/// 20 characters of `0-9 a-z`, random, so that no two factories ever choose the same.
public struct PilotID: RawRepresentable, Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static func random() -> PilotID {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        return PilotID(rawValue: String((0..<20).map { _ in alphabet[Int.random(in: alphabet.indices)] }))
    }

    /// The job name that carries this id at the site.
    public var tag: String { PilotID.tagPrefix + rawValue }
    public static let tagPrefix = "vc3-"

    public init?(tag: String) {
        guard tag.hasPrefix(PilotID.tagPrefix) else { return nil }
        self.init(rawValue: String(tag.dropFirst(PilotID.tagPrefix.count)))
    }

    public var description: String { rawValue }
    public static func < (left: PilotID, right: PilotID) -> Bool { left.rawValue < right.rawValue }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
