import VC3Model

/// The persistence plugins by the names that configuration files use, in any case of letters.
public enum StorePlugin: String, Sendable, CaseIterable {
    case memory = "Memory"
    case diskDump = "DiskDump"
    case sqlite = "SQLite"
    case postgreSQL = "PostgreSQL"

    /// - Throws: ``VC3Error`` `invalid` naming the nearest plugin and all that there are.
    public init(named word: String) throws {
        if let plugin = Self.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() }) {
            self = plugin
            return
        }
        let names = Self.allCases.map(\.rawValue)
        let nearest = NearestName.to(word.lowercased(), among: names.map { $0.lowercased() })
        let hint = names.first { $0.lowercased() == nearest }.map { "did you mean \($0)? " } ?? ""
        throw VC3Error(
            .invalid, "there is no persistence plugin '\(word)'; \(hint)there are \(names.joined(separator: ", "))")
    }
}
