extension INIDocument {
    /// A value with every `%(key)s` replaced.
    public struct Value: Hashable, Sendable {
        public let text: String
        public let origin: INIOrigin
        /// Whether the value stands in `[DEFAULT]` and not in the section itself.
        public let isInherited: Bool
    }

    /// References that are followed for one value; without a limit, a few lines that refer to each other twice would keep
    /// a program busy for good.
    public static let mostReferences = 1000
    /// References that lead to one another in a row; as in the original dialect.
    public static let longestChain = 10

    /// The value of `key` in a section, or else in `[DEFAULT]`.
    ///
    /// - Returns: `nil` when neither has the key.
    /// - Throws: ``ConfigurationError`` when a `%(...)s` names a missing key, leads back to itself or is cut, or there
    ///   are more than ``mostReferences``, or
    ///   more than ``longestChain`` in a row.
    public func value(_ key: String, in section: String) throws -> Value? {
        let own = self[section: section]?[key]
        guard let entry = own ?? defaults[key] else { return nil }
        var budget = Self.mostReferences
        let text = try interpolated(entry, section: section, path: [key.lowercased()], budget: &budget)
        return Value(text: text, origin: entry.origin, isInherited: own == nil)
    }

    /// The keys, in lower case, that values of the document refer to.
    var interpolatedKeys: Set<String> {
        var keys: Set<String> = []
        for entry in defaults.entries + sections.flatMap(\.entries) {
            var rest = entry.rawValue[...]
            while let start = rest.firstRange(of: "%("), let end = rest[start.upperBound...].firstIndex(of: ")") {
                keys.insert(rest[start.upperBound..<end].lowercased())
                rest = rest[end...]
            }
        }
        return keys
    }

    private func interpolated(_ entry: INISection.Entry, section: String, path: [String], budget: inout Int) throws
        -> String
    {
        var result = ""
        var rest = entry.rawValue[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            switch rest.first {
            case "%":
                result += "%"
                rest = rest.dropFirst()
            case "(":
                guard let end = rest.firstIndex(of: ")"), rest[rest.index(after: end)...].first == "s" else {
                    throw problem(
                        "contains an unfinished reference; write %(key)s, or %% for a percent sign", entry, section)
                }
                let name = rest[rest.index(after: rest.startIndex)..<end].lowercased()
                guard !path.contains(name) else {
                    throw problem("refers to itself through %(\(name))s", entry, section)
                }
                guard let other = self[section: section]?[name] ?? defaults[name] else {
                    throw problem(
                        "refers to %(\(name))s, which is neither in [\(section)] nor in [\(Self.defaultsName)]", entry,
                        section)
                }
                guard path.count <= Self.longestChain else {
                    throw problem("leads on through more than \(Self.longestChain) references", entry, section)
                }
                budget -= 1
                guard budget >= 0 else {
                    throw problem("refers to more than \(Self.mostReferences) other values", entry, section)
                }
                result += try interpolated(other, section: section, path: path + [name], budget: &budget)
                rest = rest[rest.index(end, offsetBy: 2)...]
            default:
                result += "%"
            }
        }
        return result + rest
    }

    private func problem(_ text: String, _ entry: INISection.Entry, _ section: String) -> ConfigurationError {
        ConfigurationError([.error("[\(section)] \(entry.key) \(text)", at: entry.origin)])
    }
}
