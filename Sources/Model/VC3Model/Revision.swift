/// A position in the history of the whole store. Every write gets the next one; 0 is before the first write.
public struct Revision: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(_ value: Int64) { rawValue = value }

    public static let zero = Revision(0)
    public var next: Revision { Revision(rawValue + 1) }
    public var previous: Revision { Revision(rawValue - 1) }
    public var description: String { String(rawValue) }
    public static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
