import Foundation
import GRDB
public import VC3Model

/// Keeps changes in one SQLite file: the default of a single machine.
///
/// Write-ahead log with `synchronous=FULL`: a commit returns after the log was flushed, so it survives a power failure
/// (sqlite.org/pragma.html#pragma_synchronous). All SQL runs on the database's own queue, never on the threads of the
/// concurrency pool. A lock file beside the database (`<path>.lock`) keeps a second process out.
public struct SQLitePersistence: Persistence {
    private let database: DatabaseQueue
    private let lock: FileLock

    private init(database: DatabaseQueue, lock: FileLock) {
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
            configuration.journalMode = .wal
            configuration.label = "vc3.store"
            configuration.prepareDatabase { try $0.execute(sql: settings) }
            let database = try DatabaseQueue(path: path, configuration: configuration)
            if try database.read({ try migrator.hasBeenSuperseded($0) }) {
                throw VC3Error(.unavailable, "store '\(path)' was written by a newer release; use that one")
            }
            try migrator.migrate(database)
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
        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-65536"

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
        return migrator
    }

    public func load() async throws -> StoredState {
        try await database.read { db in
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
    }

    public func commit(_ changes: [StoredChange], compactingThrough compacted: Revision?) async throws {
        // The completion form: the awaiting forms of GRDB give up when the calling task is cancelled.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            database.asyncWriteWithoutTransaction { db in
                continuation.resume(
                    with: Result {
                        try db.inTransaction(.immediate) {
                            try Self.write(changes, compactingThrough: compacted, to: db)
                            return .commit
                        }
                    })
            }
        }
    }

    private static func write(
        _ changes: [StoredChange], compactingThrough compacted: Revision?, to db: Database
    ) throws {
        let put = try db.cachedStatement(sql: "INSERT OR REPLACE INTO entity (kind, name, body) VALUES (?, ?, ?)")
        let drop = try db.cachedStatement(sql: "DELETE FROM entity WHERE kind = ? AND name = ?")
        let remember = try db.cachedStatement(sql: "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)")
        for change in changes {
            let (kind, name) = (change.key.kind.rawValue, change.key.name)
            if change.isRemoval {
                try drop.execute(arguments: [kind, name])
            } else {
                try put.execute(arguments: [kind, name, change.body])
            }
            try remember.execute(
                arguments: [
                    change.revision.rawValue, kind, name, change.isRemoval, change.moment.milliseconds, change.body,
                ])
        }
        if let last = changes.last {
            try db.cachedStatement(sql: "UPDATE position SET revision = ?").execute(arguments: [last.revision.rawValue])
        }
        if let compacted {
            try db.cachedStatement(sql: "DELETE FROM history WHERE revision <= ?")
                .execute(arguments: [compacted.rawValue])
            try db.cachedStatement(sql: "UPDATE position SET compacted = ?").execute(arguments: [compacted.rawValue])
        }
    }

    public func revision() async throws -> Revision {
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
}
