import InfoserviceStore
import VC3Configuration

extension Settings {
    /// `[persistence]`, `[plugin-…]`, `[secrets]` and `[history]`.
    static func store(_ configuration: ConfigurationReader) -> StoreConfiguration {
        let persistence = configuration.section("persistence")
        let plugin = persistence.value(
            "plugin", .caseOf(StorePlugin.self, fallback: .sqlite), default: .sqlite, "where entities are kept")
        let dump = configuration.section("plugin-diskdump")
        let dumpFile = dump.value(
            "filename", .path, default: "/var/lib/vc3/infoservice/dump.json", "the dump file")
        let isBegunAnew = dump.value(
            "beginanew", .boolean, default: false,
            "whether an unreadable dump file is set aside and an empty store begun")
        let sqlite = configuration.section("plugin-sqlite")
        let sqliteFile = sqlite.value(
            "filename", .path, default: "/var/lib/vc3/infoservice/store.sqlite", "the database file")
        let postgreSQL = configuration.section("plugin-postgresql")
        let connection = postgreSQL.value(
            "connection", .secret, default: "dbname=vc3",
            "how libpq finds the database: host=… dbname=… user=…; keep a password in ~/.pgpass")
        _ = configuration.section("plugin-memory")

        let secrets = configuration.section("secrets")
        let keyFile = secrets.value(
            "keyfile", .path, default: "/var/lib/vc3/infoservice/sealing.key",
            "keys that seal secrets at rest; mode 0600. Keep a copy away from the store's backups")
        let history = configuration.section("history")
        let standard = Retention()
        let retention = Retention(
            count: history.value(
                "changes", .integer(in: 1...100_000_000), default: standard.count,
                "changes that are kept for watches to resume from"),
            age: history.value(
                "age", .duration(in: .seconds(60) ... .seconds(31_536_000)), default: standard.age,
                "older changes go, however few there are"),
            auditCount: Int64(
                history.value(
                    "auditentries", .integer(in: 1...1_000_000_000), default: Int(standard.auditCount),
                    "entries of the audit trail that are kept at most")),
            auditAge: history.value(
                "auditage", .duration(in: .seconds(3600) ... .seconds(3_153_600_000)), default: standard.auditAge,
                "older entries of the audit trail go, however few there are"))
        let location: StoreLocation =
            switch plugin {
            case .memory: .memory
            case .diskDump: .diskDump(path: dumpFile)
            case .sqlite: .sqlite(path: sqliteFile)
            case .postgreSQL: .postgreSQL(connection: connection)
            }
        return StoreConfiguration(
            location, keyFile: plugin == .memory ? nil : keyFile, retention: retention,
            isBegunAnewWhenUnreadable: isBegunAnew)
    }
}
