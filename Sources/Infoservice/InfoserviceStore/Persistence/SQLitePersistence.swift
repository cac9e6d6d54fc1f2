import Foundation
import GRDB
import VC3Model

/// Keeps changes in one SQLite file: the default of a single machine.
///
/// Write-ahead log with `synchronous=FULL`: a commit returns after the log was flushed, so it survives a power failure
/// (sqlite.org/pragma.html#pragma_synchronous). All SQL runs on the database's own queues, never on the threads of the
/// concurrency pool. A lock file beside the database (`<path>.lock`) keeps a second process out.
public struct SQLitePersistence: CopyablePersistence {
    let database: DatabasePool
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
            if try database.read({ try SQLiteSchema.migrator.hasBeenSuperseded($0) }) {
                throw VC3Error(.unavailable, "store '\(path)' was written by a newer release; use that one")
            }
            try SQLiteSchema.migrator.migrate(database)
            if try database.read({ try String.fetchOne($0, sql: "SELECT incomplete FROM position") }) != nil {
                throw StoreContent.incomplete(path)
            }
            try tryWriting(database)
            return SQLitePersistence(database: database, lock: lock)
        } catch {
            lock.release()
            if error is VC3Error { throw error }
            throw VC3Error(.unavailable, "cannot open store '\(path)': \(error)", cause: error)
        }
    }

    /// A checkpoint stops the writers, so it comes after 64 MiB of log instead of 4: seldom enough that fewer than one write
    /// in a hundred meets one under load.
    private static let settings = "PRAGMA wal_autocheckpoint=16384"

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

    /// Writes to the end of both tables, and takes it back: a file whose damage would only show at the first write is refused
    /// now. Checking all of its pages would take longer than starting.
    private static func tryWriting(_ database: DatabasePool) throws {
        try database.writeInTransaction(.immediate) { db in
            // Long enough to need pages of its own.
            try db.execute(
                sql: """
                    INSERT INTO record VALUES (9223372036854775807, NULL, 0, 0, '', '', 0, zeroblob(65536));
                    INSERT INTO audit_entry VALUES
                        (9223372036854775807, 0, '', '', '', '', '', NULL, NULL, '', 0);
                    UPDATE position SET settled = settled;
                    """)
            return .rollback
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

    /// - Throws: ``VC3Error`` `unavailable` naming the file and what is damaged in it.
    public func load() async throws -> StoredState {
        do {
            return try await database.read { try SQLiteRecords.state($0) }
        } catch {
            throw VC3Error(.unavailable, "cannot read store '\(database.path)': \(error)", cause: error)
        }
    }

    public func commit(_ batch: StoredBatch) async throws {
        try await writing { db in
            try SQLiteRecords.write(batch, to: db)
            try SQLiteAudit.write(batch, to: db)
        }
    }

    /// One transaction. The completion form, because the awaiting forms of GRDB give up when the calling task is cancelled.
    func writing(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
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
        // A record of both is kept once. No other process has the file, and no commit runs: entities are at these
        // revisions.
        try await writing { try SQLiteRecords.rewrite(entities + history, in: $0) }
    }

    public func isCommitted(_ batch: StoredBatch) async throws -> Bool {
        try isCommitted(batch, at: await database.read { try SQLiteRecords.revision($0) })
    }

    public func audit(_ query: AuditQuery) async throws -> AuditPage {
        try await database.read { try SQLiteAudit.page(query, in: $0) }
    }

    public func close() async throws {
        defer { lock.release() }
        let database = database
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try database.close() }) }
        }
    }
}
