/// Names one pilot for ever: in the ledger, at its site (job name `vc3-<id>`) and in the pool (slot name).
///
/// 20 characters of `0-9 a-z`, random, so that no two factories ever choose the same. Pilots that are submitted together
/// share these, and have a number each behind a dot: batch systems take them as one array.
public struct PilotID: RawRepresentable, Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static func random() -> PilotID {
        let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        return PilotID(rawValue: String((0..<20).map { _ in alphabet[Int.random(in: alphabet.indices)] }))
    }

    /// The most pilots that are submitted together: Slurm's arrays have, by default, no index above 1000.
    public static let mostTogether = 1000

    /// `count` ids for pilots that are submitted together.
    public func numbered(_ count: Int) -> [PilotID] {
        count == 1 ? [self] : (0..<count).map { PilotID(rawValue: "\(rawValue).\($0 + 1)") }
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
