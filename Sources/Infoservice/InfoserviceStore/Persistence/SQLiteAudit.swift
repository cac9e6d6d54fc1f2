import Foundation
import GRDB
import VC3Model

/// The audit trail's table of an SQLite store.
enum SQLiteAudit {
    static func note(_ entry: AuditEntry, in db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)").execute(
            arguments: [
                entry.revision.rawValue, entry.time.milliseconds, entry.role.rawValue, entry.who,
                entry.kind.rawValue, entry.name, String(decoding: try entry.jsonBytes(), as: UTF8.self),
            ])
    }

    static func all(in db: Database) throws -> [AuditEntry] {
        let decoder = JSONDecoder()
        return try String.fetchAll(db, sql: "SELECT body FROM audit ORDER BY revision")
            .map { try decoder.decode(AuditEntry.self, from: Data($0.utf8)) }
    }

    static func write(_ batch: StoredBatch, to db: Database) throws {
        for entry in batch.audit { try note(entry, in: db) }
        guard let expiry = batch.auditExpiry else { return }
        try db.execute(sql: "DELETE FROM audit WHERE revision <= ?", arguments: [expiry.through.rawValue])
        // Looks at the oldest entries only, so that the cost does not grow with the trail.
        try db.execute(
            sql: """
                DELETE FROM audit WHERE revision IN
                    (SELECT revision FROM (SELECT revision, moment FROM audit ORDER BY revision LIMIT 10000)
                     WHERE moment < ?)
                """, arguments: [expiry.before.milliseconds])
    }

    static func page(_ query: AuditQuery, in db: Database) throws -> AuditPage {
        var conditions: [String] = []
        var arguments: [any DatabaseValueConvertible] = []
        func want(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments.append(value)
        }
        want("role = ?", query.role?.rawValue)
        want("who = ?", query.who)
        want("kind = ?", query.kind?.rawValue)
        want("name = ?", query.name)
        want("moment >= ?", query.since?.milliseconds)
        want("moment < ?", query.until?.milliseconds)
        want("revision < ?", query.before?.rawValue)
        arguments.append(query.limit + 1)
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let bodies = try String.fetchAll(
            db, sql: "SELECT body FROM audit \(filter) ORDER BY revision DESC LIMIT ?",
            arguments: StatementArguments(arguments))
        let entries = try bodies.map { try JSONDecoder().decode(AuditEntry.self, from: Data($0.utf8)) }
        return AuditPage(newestFirst: entries, limit: query.limit)
    }
}
