import Foundation
import GRDB
import VC3Model

extension SQLitePersistence {
    public func content() async throws -> StoreContent { try await database.read { try Self.content($0) } }

    private static func content(_ db: Database) throws -> StoreContent {
        StoreContent(state: try SQLiteRecords.state(db), audit: try SQLiteAudit.all(in: db))
    }

    public func fill(_ content: StoreContent) async throws {
        try await writing { db in
            try db.execute(
                sql: """
                    UPDATE position SET incomplete = 'copying'
                    WHERE compacted = 0 AND NOT EXISTS (SELECT 1 FROM record)
                    """)
            if db.changesCount == 0 { throw StoreContent.occupied(database.path) }
        }
        try await writing { db in
            try SQLiteRecords.fill(db, content.state)
            for entry in content.audit { try SQLiteAudit.note(entry, in: db) }
            try db.execute(sql: "UPDATE position SET incomplete = NULL")
        }
    }

    /// What is in the file now, also while a server uses it: one read transaction sees one moment.
    static func liveContent(path: String) async throws -> StoreContent {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let settings = configuration
        do {
            let database = try await OffPool.run { try DatabaseQueue(path: path, configuration: settings) }
            return try await database.read { db in
                if try SQLiteSchema.migrator.hasBeenSuperseded(db) {
                    throw VC3Error(.unavailable, "store '\(path)' was written by a newer release; use that one")
                }
                guard try SQLiteSchema.migrator.hasCompletedMigrations(db) else {
                    throw VC3Error(.unavailable, "store '\(path)' is of an older release; start the server on it once")
                }
                if try String.fetchOne(db, sql: "SELECT incomplete FROM position") != nil {
                    throw StoreContent.incomplete(path)
                }
                return try content(db)
            }
        } catch let error where !(error is VC3Error) {
            throw VC3Error(.unavailable, "cannot read store '\(path)': \(error)", cause: error)
        }
    }
}
