import VC3Model

/// Where a store is: a plugin, and the place that it needs.
public enum StoreLocation: Sendable, Equatable {
    /// Gone when the process ends.
    case memory
    /// The original's dump file, and files beside it with the same beginning of their names.
    case diskDump(path: String)
    case sqlite(path: String)
    /// `connection` is what libpq takes: `host=… dbname=… user=…` or `postgresql://…`
    /// (postgresql.org/docs/15/libpq-connect.html).
    case postgreSQL(connection: String)

    /// - Parameter place: A path, or the connection of PostgreSQL; `Memory` has none.
    /// - Throws: ``VC3Error`` `invalid` for an unknown plugin or a missing place.
    public init(plugin word: String, place: String?) throws {
        let plugin = try StorePlugin(named: word)
        if plugin == .memory {
            self = .memory
            return
        }
        guard let place, !place.isEmpty else {
            let what = plugin == .postgreSQL ? "a connection, e.g. 'host=db.example.org dbname=vc3'" : "a path"
            throw VC3Error(.invalid, "plugin \(plugin.rawValue) needs \(what)")
        }
        switch plugin {
        case .memory: self = .memory
        case .diskDump: self = .diskDump(path: place)
        case .sqlite: self = .sqlite(path: place)
        case .postgreSQL: self = .postgreSQL(connection: place)
        }
    }

    /// Reads `PLUGIN:PLACE`, e.g. `SQLite:/var/lib/vc3/store.sqlite`.
    ///
    /// - Throws: ``VC3Error`` `invalid`.
    public init(text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        try self.init(plugin: parts[0], place: parts.count == 2 ? parts[1] : nil)
    }

    public var plugin: StorePlugin {
        switch self {
        case .memory: .memory
        case .diskDump: .diskDump
        case .sqlite: .sqlite
        case .postgreSQL: .postgreSQL
        }
    }
}

extension StoreLocation: CustomStringConvertible {
    /// Shows no password: of a connection only that there is one.
    public var description: String {
        switch self {
        case .memory: "Memory"
        case .diskDump(let path), .sqlite(let path): "\(plugin.rawValue):\(path)"
        case .postgreSQL: "PostgreSQL"
        }
    }
}
