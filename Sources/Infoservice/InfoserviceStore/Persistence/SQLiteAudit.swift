import Foundation
import GRDB
import VC3Model

/// The table `audit_entry` of an SQLite store.
enum SQLiteAudit {
    static func note(_ entry: AuditEntry, in db: Database) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let fields = entry.fields.joined(separator: separator)
        let sum = checksum(entry, fields)
        try insert.run { row in
            row.integer(entry.revision.rawValue)
            row.integer(entry.time.milliseconds)
            row.text(entry.role.rawValue)
            row.text(entry.who)
            row.text(entry.kind.rawValue)
            row.text(entry.name)
            row.text(entry.action)
            row.text(entry.via)
            row.text(entry.origin)
            row.text(fields)
            row.integer(sum)
        }
    }

    /// Names of fields hold no line feed.
    private static let separator = "\n"

    static func all(in db: Database) throws -> [AuditEntry] { try entries(db, "ORDER BY revision") }

    static func write(_ batch: StoredBatch, to db: Database) throws {
        for entry in batch.audit { try note(entry, in: db) }
        guard let expiry = batch.auditExpiry else { return }
        try db.execute(sql: "DELETE FROM audit_entry WHERE revision <= ?", arguments: [expiry.through.rawValue])
        // Looks at the oldest entries only, so that the cost does not grow with the trail.
        try db.execute(
            sql: """
                DELETE FROM audit_entry WHERE revision IN
                    (SELECT revision FROM (SELECT revision, moment FROM audit_entry ORDER BY revision LIMIT 10000)
                     WHERE moment < ?)
                """, arguments: [expiry.before.milliseconds])
    }

    static func page(_ query: AuditQuery, in db: Database) throws -> AuditPage {
        var conditions: [String] = []
        var binds: [(inout SQLiteArguments) -> Void] = []
        func want(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            binds.append { $0.text(value) }
        }
        func want(_ condition: String, _ value: Int64?) {
            guard let value else { return }
            conditions.append(condition)
            binds.append { $0.integer(value) }
        }
        want("role = ?", query.role?.rawValue)
        want("who = ?", query.who)
        want("kind = ?", query.kind?.rawValue)
        want("name = ?", query.name)
        want("moment >= ?", query.since?.milliseconds)
        want("moment < ?", query.until?.milliseconds)
        want("revision < ?", query.before?.rawValue)
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let entries = try entries(db, "\(filter) ORDER BY revision DESC LIMIT \(query.limit + 1)") { row in
            for bind in binds { bind(&row) }
        }
        return AuditPage(newestFirst: entries, limit: query.limit)
    }

    /// - Throws: ``VC3Error`` `internal` naming what is damaged.
    private static func entries(
        _ db: Database, _ clauses: String, _ bind: (inout SQLiteArguments) -> Void = { _ in }
    ) throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        try db.cachedStatement(sql: "SELECT * FROM audit_entry \(clauses)").rows(bind) { row in
            let fields = row.text(9)
            guard let role = Role(rawValue: row.text(2)), let kind = EntityKind(rawValue: row.text(4)) else {
                throw damaged(row)
            }
            let entry = AuditEntry(
                revision: Revision(row.integer(0)), time: Timestamp(milliseconds: row.integer(1)), role: role,
                who: row.text(3), via: row.optionalText(7), origin: row.optionalText(8), action: row.text(6),
                kind: kind, name: row.text(5), fields: fields.split(separator: separator).map(String.init))
            guard checksum(entry, fields) == row.integer(10) else { throw damaged(row) }
            entries.append(entry)
        }
        return entries
    }

    private static func damaged(_ row: SQLiteColumns) -> VC3Error {
        SQLiteRecords.damaged("its audit entry of revision \(row.integer(0)) does not match its checksum")
    }

    private static func checksum(_ entry: AuditEntry, _ fields: String) -> Int64 {
        var sum = RowChecksum()
        sum.add(entry.revision.rawValue)
        sum.add(entry.time.milliseconds)
        for text in [entry.role.rawValue, entry.who, entry.kind.rawValue, entry.name, entry.action, fields] {
            sum.add(text)
        }
        sum.add(entry.via)
        sum.add(entry.origin)
        return sum.value
    }
}
