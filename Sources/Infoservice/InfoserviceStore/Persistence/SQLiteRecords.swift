import Foundation
import GRDB
import VC3Model

/// The table `record` of an SQLite store.
enum SQLiteRecords {
    // MARK: Writing

    static func write(_ batch: StoredBatch, to db: Database) throws {
        for (change, replaced) in zip(batch.changes, batch.replaced) { try append(change, replacing: replaced, to: db) }
        if let compacted = batch.compacted { try compact(through: compacted, db) }
    }

    private static func append(_ change: StoredChange, replacing replaced: Revision?, to db: Database) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        let sum = checksum(change, replaced?.rawValue)
        try insert.run { row in
            row.integer(change.revision.rawValue)
            row.integer(replaced?.rawValue)
            row.integer(change.isRemoval ? 1 : 0)
            row.integer(change.moment.milliseconds)
            row.text(change.key.kind.rawValue)
            row.text(change.key.name)
            row.integer(sum)
            row.blob(change.body)
        }
    }

    /// What leaves history goes, unless an entity still is as it says.
    private static func compact(through compacted: Revision, _ db: Database) throws {
        let (old, settled) = try position(db)
        let leaving = "revision > \(old.rawValue) AND revision <= \(compacted.rawValue)"
        try db.execute(
            sql: """
                DELETE FROM record WHERE revision IN
                    (SELECT replaces FROM record WHERE \(leaving) AND replaces IS NOT NULL)
                """)
        var gone = db.changesCount
        try db.execute(sql: "DELETE FROM record WHERE \(leaving) AND removal = 1")
        gone += db.changesCount
        let stay = settled + compacted.rawValue - old.rawValue - Int64(gone)
        try db.execute(sql: "UPDATE position SET compacted = ?, settled = ?", arguments: [compacted.rawValue, stay])
    }

    /// The same records, sealed anew.
    static func rewrite(_ changes: [StoredChange], in db: Database) throws {
        let known = try db.cachedStatement(sql: "SELECT replaces, removal, moment FROM record WHERE revision = ?")
        let update = try db.cachedStatement(sql: "UPDATE record SET body = ?, checksum = ? WHERE revision = ?")
        for var change in changes {
            var replaced: Int64?
            try known.rows({ $0.integer(change.revision.rawValue) }) { row in
                replaced = row.optionalInteger(0)
                change.isRemoval = row.integer(1) != 0
                change.moment = Timestamp(milliseconds: row.integer(2))
            }
            let (written, sum) = (change, checksum(change, replaced))
            try update.run { row in
                row.blob(written.body)
                row.integer(sum)
                row.integer(written.revision.rawValue)
            }
        }
        // What only waits for its successor to leave history is nobody's any more, and may hold secrets under an old key.
        let (compacted, settled) = try position(db)
        try db.execute(
            sql: """
                DELETE FROM record WHERE revision <= \(compacted.rawValue) AND revision IN
                    (SELECT replaces FROM record WHERE revision > \(compacted.rawValue))
                """)
        try db.execute(sql: "UPDATE position SET settled = ?", arguments: [settled - Int64(db.changesCount)])
    }

    /// Into an empty table.
    static func fill(_ db: Database, _ state: StoredState) throws {
        let past = Set(state.history.map(\.revision))
        let settled = try state.entities.compactMap { body -> StoredChange? in
            let metadata = try EntityRecord(json: JSONValue(data: body)).metadata
            if past.contains(metadata.revision) { return nil }
            return StoredChange(
                revision: metadata.revision, key: metadata.key, isRemoval: false, moment: metadata.updated, body: body)
        }
        var latest: [EntityKey: Revision] = [:]
        for change in settled.sorted(by: { $0.revision < $1.revision }) + state.history {
            try append(change, replacing: latest[change.key], to: db)
            latest[change.key] = change.isRemoval ? nil : change.revision
        }
        try db.execute(
            sql: "UPDATE position SET compacted = ?, settled = ?",
            arguments: [state.compacted.rawValue, settled.count])
    }

    // MARK: Reading

    /// - Throws: ``VC3Error`` `internal` naming what is damaged or missing.
    static func state(_ db: Database) throws -> StoredState {
        let (compacted, settled) = try position(db)
        var state = StoredState(revision: compacted, compacted: compacted)
        var rows: [(change: StoredChange, replaced: Int64?)] = []
        try db.cachedStatement(sql: "SELECT * FROM record ORDER BY revision").rows { row in
            let name = row.text(5)
            let change = StoredChange(
                revision: Revision(row.integer(0)), key: try SQLiteSchema.key(row.text(4), name),
                isRemoval: row.integer(2) != 0, moment: Timestamp(milliseconds: row.integer(3)), body: row.data(7))
            let replaced = row.optionalInteger(1)
            guard checksum(change, replaced) == row.integer(6) else {
                throw damaged("its record at revision \(change.revision), \(change.key), does not match its checksum")
            }
            if change.revision > compacted {
                guard change.revision == state.revision.next else {
                    throw damaged("its history lacks revision \(state.revision.next)")
                }
                state.revision = change.revision
                state.history.append(change)
            }
            rows.append((change, replaced))
        }
        let found = rows.count - state.history.count
        guard found == settled else {
            throw damaged("it has \(found) records up to revision \(compacted), where \(settled) were written")
        }
        let replaced = Set(rows.compactMap(\.replaced))
        state.entities = rows.compactMap { change, _ in
            change.isRemoval || replaced.contains(change.revision.rawValue) ? nil : change.body
        }
        return state
    }

    static func revision(_ db: Database) throws -> Revision {
        let last = try Int64.fetchOne(db, sql: "SELECT max(revision) FROM record")
        return max(try position(db).compacted, Revision(last ?? 0))
    }

    private static func position(_ db: Database) throws -> (compacted: Revision, settled: Int64) {
        var position: (Revision, Int64)?
        try db.cachedStatement(sql: "SELECT compacted, settled FROM position").rows { row in
            guard let compacted = row.optionalInteger(0), let settled = row.optionalInteger(1) else { return }
            position = (Revision(compacted), settled)
        }
        guard let position else { throw damaged("it has no position") }
        return position
    }

    static func damaged(_ what: String) -> VC3Error {
        VC3Error(.internal, "the store is damaged: \(what); restore it from a backup")
    }

    private static func checksum(_ change: StoredChange, _ replaced: Int64?) -> Int64 {
        var sum = RowChecksum()
        sum.add(change.revision.rawValue)
        sum.add(replaced)
        sum.add(change.isRemoval ? 1 : 0)
        sum.add(change.moment.milliseconds)
        sum.add(change.key.kind.rawValue)
        sum.add(change.key.name)
        sum.add(change.body)
        return sum.value
    }
}
