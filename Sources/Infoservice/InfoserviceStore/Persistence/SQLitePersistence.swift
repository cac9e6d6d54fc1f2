import Foundation
import GRDB
import VC3Model

/// Keeps changes in one SQLite file: the default of a single machine.
///
/// Write-ahead log with `synchronous=FULL`: a commit returns after the log was flushed, so it survives a power failure
/// (sqlite.org/pragma.html#pragma_synchronous). All SQL runs on the database's own queues, never on the threads of the
/// concurrency pool. A lock file beside the database (`<path>.lock`) keeps a second process out.
public struct SQLitePersistence: CopyablePersistence {
    private let database: DatabasePool
    private let lock: FileLock

    private init(database: DatabasePool, lock: FileLock) {
        self.database = database
        self.lock = lock
    }

    /// Opens the file at `path`, or makes it with permissions 0600.
    ///
    /// - Throws: ``VC3Error`` `unavailable` when another process uses it, when it cannot be read, or when a newer
    ///   release wrote it.
    public static func open(path: String) async throws -> SQLitePersistence {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try openWaiting(path: path) })
            }
        }
    }

    private static func openWaiting(path: String) throws -> SQLitePersistence {
        let lock = try FileLock(path: path + ".lock")
        do {
            try makePrivate(path)
            var configuration = Configuration()
            configuration.label = "vc3.store"
            configuration.prepareDatabase { try $0.execute(sql: settings) }
            let database = try DatabasePool(path: path, configuration: configuration)
            try makeDurable(database, path)
            if try database.read({ try migrator.hasBeenSuperseded($0) }) {
                throw VC3Error(.unavailable, "store '\(path)' was written by a newer release; use that one")
            }
            try migrator.migrate(database)
            if try database.read({ try String.fetchOne($0, sql: "SELECT incomplete FROM position") }) != nil {
                throw StoreContent.incomplete(path)
            }
            return SQLitePersistence(database: database, lock: lock)
        } catch {
            lock.release()
            if error is VC3Error { throw error }
            throw VC3Error(.unavailable, "cannot open store '\(path)': \(error)", cause: error)
        }
    }

    /// A checkpoint stops the writers, so it comes after 64 MiB of log instead of 4: seldom enough that fewer than one write
    /// in a hundred meets one under load. The cache (KiB) holds the pages that writes at random names touch; with SQLite's
    /// default of 2 MiB each write reads several pages back.
    private static let settings =
        "PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-65536"

    /// Each commit is flushed. Comes after opening, because GRDB sets `synchronous=NORMAL` when it turns the log on, whatever
    /// was set before.
    private static func makeDurable(_ database: DatabasePool, _ path: String) throws {
        let mode = try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous=FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard mode == 2 else {
            throw VC3Error(
                .unavailable, "SQLite does not flush store '\(path)' at each commit (synchronous=\(mode ?? -1))")
        }
    }

    /// SQLite gives its log the permissions of the database file, so those are set before it first opens it.
    private static func makePrivate(_ path: String) throws {
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw VC3Error(.unavailable, "cannot create store '\(path)': \(String(cString: strerror(errno)))")
        }
        Foundation.close(file)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE entity (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
                        PRIMARY KEY (kind, name)) WITHOUT ROWID;
                    CREATE TABLE history (revision INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
                        removal INTEGER NOT NULL, moment INTEGER NOT NULL, body BLOB NOT NULL);
                    CREATE TABLE position (id INTEGER PRIMARY KEY CHECK (id = 0), revision INTEGER NOT NULL,
                        compacted INTEGER NOT NULL);
                    INSERT INTO position VALUES (0, 0, 0);
                    """)
        }
        migrator.registerMigration("v2: audit") { db in
            try db.execute(
                sql: """
                    CREATE TABLE audit (revision INTEGER PRIMARY KEY, moment INTEGER NOT NULL, role TEXT NOT NULL,
                        who TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL);
                    ALTER TABLE position ADD COLUMN incomplete TEXT;
                    """)
        }
        return migrator
    }

    public func load() async throws -> StoredState { try await database.read { try Self.state($0) } }

    private static func state(_ db: Database) throws -> StoredState {
        guard let position = try Row.fetchOne(db, sql: "SELECT revision, compacted FROM position") else {
            throw VC3Error(.internal, "the store has no position row; restore it from a backup")
        }
        let history = try Row.fetchAll(db, sql: "SELECT * FROM history ORDER BY revision").map { row in
            guard let kind = EntityKind(rawValue: row["kind"]) else {
                throw VC3Error(.internal, "stored history has unknown kind '\(row["kind"] as String)'")
            }
            return StoredChange(
                revision: Revision(row["revision"] as Int64), key: EntityKey(kind, row["name"]),
                isRemoval: row["removal"], moment: Timestamp(milliseconds: row["moment"]), body: row["body"])
        }
        return StoredState(
            entities: try Data.fetchAll(db, sql: "SELECT body FROM entity"), history: history,
            revision: Revision(position["revision"] as Int64), compacted: Revision(position["compacted"] as Int64))
    }

    public func commit(_ batch: StoredBatch) async throws {
        try await writing { try Self.write(batch, to: $0) }
    }

    /// One transaction. The completion form, because the awaiting forms of GRDB give up when the calling task is cancelled.
    private func writing(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            database.asyncWriteWithoutTransaction { db in
                continuation.resume(
                    with: Result {
                        try db.inTransaction(.immediate) {
                            try body(db)
                            return .commit
                        }
                    })
            }
        }
    }

    public func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        // No other process has the file, and no commit runs: entities are at these revisions.
        try await writing { db in
            let entity = try db.cachedStatement(sql: "UPDATE entity SET body = ? WHERE kind = ? AND name = ?")
            for change in entities {
                try entity.execute(arguments: [change.body, change.key.kind.rawValue, change.key.name])
            }
            let past = try db.cachedStatement(sql: "UPDATE history SET body = ? WHERE revision = ?")
            for change in history { try past.execute(arguments: [change.body, change.revision.rawValue]) }
        }
    }

    private static func write(_ batch: StoredBatch, to db: Database) throws {
        let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO entity (kind, name, body) VALUES (?, ?, ?)")
        let drop = try db.cachedStatement(sql: "DELETE FROM entity WHERE kind = ? AND name = ?")
        for change in batch.changes {
            let (kind, name) = (change.key.kind.rawValue, change.key.name)
            if change.isRemoval {
                try drop.execute(arguments: [kind, name])
            } else {
                try put.execute(arguments: [kind, name, change.body])
            }
            try remember(change, in: db)
        }
        try SQLiteAudit.write(batch, to: db)
        if let last = batch.changes.last {
            try db.cachedStatement(sql: "UPDATE position SET revision = ?").execute(arguments: [last.revision.rawValue])
        }
        if let compacted = batch.compacted {
            try db.cachedStatement(sql: "DELETE FROM history WHERE revision <= ?")
                .execute(arguments: [compacted.rawValue])
            try db.cachedStatement(sql: "UPDATE position SET compacted = ?").execute(arguments: [compacted.rawValue])
        }
    }

    private static func remember(_ change: StoredChange, in db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                change.revision.rawValue, change.key.kind.rawValue, change.key.name, change.isRemoval,
                change.moment.milliseconds, change.body,
            ])
    }

    public func isCommitted(_ batch: StoredBatch) async throws -> Bool {
        try isCommitted(batch, at: await revision())
    }

    public func audit(_ query: AuditQuery) async throws -> AuditPage {
        try await database.read { try SQLiteAudit.page(query, in: $0) }
    }

    private func revision() async throws -> Revision {
        let value = try await database.read { try Int64.fetchOne($0, sql: "SELECT revision FROM position") }
        guard let value else { throw VC3Error(.internal, "the store has no position row; restore it from a backup") }
        return Revision(value)
    }

    public func close() async throws {
        defer { lock.release() }
        let database = database
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try database.close() }) }
        }
    }

    // MARK: Copying

    public func content() async throws -> StoreContent { try await database.read { try Self.content($0) } }

    private static func content(_ db: Database) throws -> StoreContent {
        StoreContent(state: try state(db), audit: try SQLiteAudit.all(in: db))
    }

    public func fill(_ content: StoreContent) async throws {
        try await writing { db in
            try db.execute(
                sql: """
                    UPDATE position SET incomplete = 'copying'
                    WHERE revision = 0 AND NOT EXISTS (SELECT 1 FROM entity)
                    """)
            if db.changesCount == 0 { throw StoreContent.occupied(database.path) }
        }
        try await writing { db in
            let put = try db.cachedStatement(sql: "INSERT INTO entity (kind, name, body) VALUES (?, ?, ?)")
            for body in content.state.entities {
                let key = try EntityRecord(json: JSONValue(data: body)).key
                try put.execute(arguments: [key.kind.rawValue, key.name, body])
            }
            for change in content.state.history { try Self.remember(change, in: db) }
            for entry in content.audit { try SQLiteAudit.note(entry, in: db) }
            try db.execute(
                sql: "UPDATE position SET revision = ?, compacted = ?, incomplete = NULL",
                arguments: [content.state.revision.rawValue, content.state.compacted.rawValue])
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
                if try migrator.hasBeenSuperseded(db) {
                    throw VC3Error(.unavailable, "store '\(path)' was written by a newer release; use that one")
                }
                guard try migrator.hasCompletedMigrations(db) else {
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
