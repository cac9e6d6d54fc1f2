/// The keys of one section, in the order of first appearance.
public struct INISection: Hashable, Sendable {
    /// One `key = value`.
    public struct Entry: Hashable, Sendable {
        /// The key as written; keys are the same when they differ only in case.
        public let key: String
        /// The value before interpolation. Continuation lines are joined with newlines.
        public let rawValue: String
        public let origin: INIOrigin

        public init(key: String, rawValue: String, origin: INIOrigin) {
            self.key = key
            self.rawValue = rawValue
            self.origin = origin
        }
    }

    public let name: String
    public let origin: INIOrigin
    public private(set) var entries: [Entry] = []
    private var positions: [String: Int] = [:]

    init(name: String, origin: INIOrigin) {
        self.name = name
        self.origin = origin
    }

    /// The entry for `key`, whatever its case.
    public subscript(key: String) -> Entry? {
        positions[key.lowercased()].map { entries[$0] }
    }

    /// Adds an entry; an earlier one for the same key gives way, in place.
    mutating func set(_ entry: Entry) {
        if let position = positions[entry.key.lowercased()] {
            entries[position] = entry
        } else {
            positions[entry.key.lowercased()] = entries.count
            entries.append(entry)
        }
    }
}
