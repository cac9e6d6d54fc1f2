import Foundation
import GRDB
import VC3Model

/// The tables of an SQLite store, and how those of earlier releases become them.
///
/// `record` has a row for each change of history and for each entity as it is now, in the order in which they were
/// written: every commit appends to its end, wherever in the alphabet the names lie. `audit_entry` grows likewise. What
/// an entity's next version replaces goes when that one leaves history.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
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
        migrator.registerMigration("v3: records in the order of writing") { db in
            try db.execute(
                sql: """
                    CREATE TABLE record (revision INTEGER PRIMARY KEY, replaces INTEGER, removal INTEGER NOT NULL,
                        moment INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, checksum INTEGER NOT NULL,
                        body BLOB NOT NULL);
                    CREATE TABLE audit_entry (revision INTEGER PRIMARY KEY, moment INTEGER NOT NULL, role TEXT NOT NULL,
                        who TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, action TEXT NOT NULL, via TEXT,
                        origin TEXT, fields TEXT NOT NULL, checksum INTEGER NOT NULL);
                    ALTER TABLE position RENAME TO old_position;
                    CREATE TABLE position (id INTEGER PRIMARY KEY CHECK (id = 0), compacted INTEGER NOT NULL,
                        settled INTEGER NOT NULL, incomplete TEXT);
                    INSERT INTO position SELECT 0, compacted, 0, incomplete FROM old_position;
                    """)
            try takeOver(db)
            try db.execute(
                sql: "DROP TABLE old_position; DROP TABLE entity; DROP TABLE history; DROP TABLE audit;")
        }
        return migrator
    }

    /// From the tables of version 2.
    private static func takeOver(_ db: Database) throws {
        let history = try Row.fetchAll(db, sql: "SELECT * FROM history ORDER BY revision").map { row in
            StoredChange(
                revision: Revision(row["revision"] as Int64), key: try key(row["kind"], row["name"]),
                isRemoval: row["removal"], moment: Timestamp(milliseconds: row["moment"]), body: row["body"])
        }
        let position = try Row.fetchOne(db, sql: "SELECT revision, compacted FROM old_position")
        try SQLiteRecords.fill(
            db,
            StoredState(
                entities: try Data.fetchAll(db, sql: "SELECT body FROM entity"), history: history,
                revision: Revision(position?["revision"] ?? 0), compacted: Revision(position?["compacted"] ?? 0)))
        let decoder = JSONDecoder()
        let bodies = try String.fetchCursor(db, sql: "SELECT body FROM audit ORDER BY revision")
        while let body = try bodies.next() {
            try SQLiteAudit.note(try decoder.decode(AuditEntry.self, from: Data(body.utf8)), in: db)
        }
    }

    static func key(_ kind: String, _ name: String) throws -> EntityKey {
        guard let known = EntityKind(rawValue: kind) else {
            throw VC3Error(.internal, "the store has a record of unknown kind '\(kind)'; restore it from a backup")
        }
        return EntityKey(known, name)
    }
}
