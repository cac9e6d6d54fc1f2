import Foundation
import GRDB
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

@Suite(.timeLimit(.minutes(5)))
struct SQLiteStoreTests {
    private static func record(_ name: String, at revision: Int64, _ text: String = "") -> EntityRecord {
        let moment = Timestamp(milliseconds: 1_700_000_000_000 + revision)
        let metadata = EntityMetadata(
            kind: .nodeinfo, name: name, revision: Revision(revision), generation: 1, owner: "ana", created: moment,
            updated: moment)
        return EntityRecord(metadata: metadata, spec: ["description": .string(text)], status: [:])
    }

    private static func change(_ record: EntityRecord, isRemoval: Bool = false) throws -> StoredChange {
        StoredChange(
            revision: record.metadata.revision, key: record.key, isRemoval: isRemoval, moment: record.metadata.updated,
            body: Data(try record.jsonBytes()))
    }

    /// What is kept, in order of revision.
    private static func entities(_ state: StoredState) throws -> [EntityRecord] {
        try state.entities.map { try EntityRecord(json: JSONValue(data: $0)) }
            .sorted { $0.metadata.revision < $1.metadata.revision }
    }

    /// The tables of version 2 with `a`, written twice, `b`, and `c`, which is gone; history begins after revision 1.
    private static func writeVersion2(_ path: String) throws -> (entities: [EntityRecord], history: [StoredChange]) {
        let entities = [record("b", at: 2), record("a", at: 3, "again")]
        let history =
            try entities.map { try change($0) }
            + [change(record("c", at: 4)), change(record("c", at: 5), isRemoval: true)]
        let database = try DatabaseQueue(path: path)
        try database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('v1'), ('v2: audit');
                    CREATE TABLE entity (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
                        PRIMARY KEY (kind, name)) WITHOUT ROWID;
                    CREATE TABLE history (revision INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
                        removal INTEGER NOT NULL, moment INTEGER NOT NULL, body BLOB NOT NULL);
                    CREATE TABLE position (id INTEGER PRIMARY KEY CHECK (id = 0), revision INTEGER NOT NULL,
                        compacted INTEGER NOT NULL, incomplete TEXT);
                    INSERT INTO position VALUES (0, 5, 1, NULL);
                    CREATE TABLE audit (revision INTEGER PRIMARY KEY, moment INTEGER NOT NULL, role TEXT NOT NULL,
                        who TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL);
                    INSERT INTO audit VALUES (5, 1700000000005, 'user', 'ana', 'nodeinfo', 'c',
                        '{"action":"delete","fields":["spec.cores","spec.url"],"kind":"nodeinfo","name":"c",\
                    "origin":"10.0.0.7:1","revision":5,"role":"user","time":"2023-11-14T22:13:20.005Z","who":"ana"}');
                    """)
            for entity in entities + [record("old", at: 1)] {
                try db.execute(
                    sql: "INSERT INTO entity VALUES ('nodeinfo', ?, ?)",
                    arguments: [entity.name, Data(try entity.jsonBytes())])
            }
            for change in history {
                try db.execute(
                    sql: "INSERT INTO history VALUES (?, 'nodeinfo', ?, ?, ?, ?)",
                    arguments: [
                        change.revision.rawValue, change.key.name, change.isRemoval, change.moment.milliseconds,
                        change.body,
                    ])
            }
        }
        try database.close()
        return ([record("old", at: 1)] + entities, history)
    }

    @Test func aStoreOfTheReleaseBeforeIsTakenOver() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "s.sqlite").path
            let (entities, history) = try Self.writeVersion2(path)
            // Twice: as it was taken over, and as it was written then.
            for _ in 0..<2 {
                let persistence = try await SQLitePersistence.open(path: path)
                let state = try await persistence.load()
                #expect(try Self.entities(state) == entities)
                #expect(state.history == history)
                #expect(state.revision == Revision(5))
                #expect(state.compacted == Revision(1))
                let entry = try #require(try await persistence.audit(AuditQuery()).items.first)
                #expect(entry.fields == ["spec.cores", "spec.url"])
                #expect(entry.origin == "10.0.0.7:1")
                #expect(entry.via == nil)
                try await persistence.close()
            }
        }
    }

    /// Creates, changes, removals and creations anew, with most of it compacted away.
    @Test func compactionKeepsWhatIsCurrent() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "s.sqlite").path
            let (key, retention) = (SealingKey(), Retention(count: 20))
            var chance = SystemRandomNumberGenerator()
            for round in 0..<4 {
                let store = try await EntityStore.open(
                    SQLitePersistence.open(path: path), sealing: key, retention: retention)
                let ana = InfoserviceSession(identity: .ana, engine: store)
                for step in 0..<60 {
                    let name = "n\(Int.random(in: 0..<15, using: &chance))"
                    if let known = await store.record(EntityKey(.nodeinfo, name)) {
                        if Bool.random(using: &chance) {
                            try await ana.delete(.nodeinfo, name)
                        } else {
                            _ = try await ana.replaceSpec(
                                .nodeinfo, name, with: ["description": .string("\(round) \(step)")],
                                expecting: known.metadata.revision)
                        }
                    } else {
                        _ = try await ana.create(.sampleNodeinfo(name))
                    }
                }
                let (records, revision) = (await store.records(.nodeinfo).items, await store.revision)
                try await store.close()
                let persistence = try await SQLitePersistence.open(path: path)
                let state = try await persistence.load()
                #expect(
                    try Self.entities(state) == records.sorted { $0.metadata.revision < $1.metadata.revision })
                #expect(state.revision == revision)
                #expect(state.history.count < 25)
                try await persistence.close()
                let rows = try await DatabaseQueue(path: path).read { db in
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM record")
                }
                // Beside entities and history only what history still replaces.
                #expect(try #require(rows) <= records.count + 2 * state.history.count)
            }
        }
    }

    @Test(arguments: ["name", "body", "moment", "replaces", "removal"])
    func aChangedBitIsNoticedAndNamed(column: String) async throws {
        let error = try await Self.damaging { "UPDATE record SET \(column) = '7' WHERE revision = \($0)" }
        #expect(error.message.contains("does not match its checksum"), "\(error)")
        #expect(error.message.contains("s.sqlite"), "\(error)")
    }

    @Test(arguments: [1, 3] as [Int64])
    func aMissingRecordIsNoticed(age: Int64) async throws {
        let error = try await Self.damaging { "DELETE FROM record WHERE revision = \($0 - age)" }
        #expect(error.message.contains("lacks revision"), "\(error)")
    }

    @Test func aMissingOldRecordIsNoticed() async throws {
        let error = try await Self.damaging { _ in "DELETE FROM record WHERE revision = 1" }
        #expect(error.message.contains("where"), "\(error)")
    }

    @Test func aFileThatCouldNotBeWrittenIsRefused() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "s.sqlite").path
            let store = try await EntityStore.open(SQLitePersistence.open(path: path), sealing: SealingKey())
            _ = try await InfoserviceSession(identity: .ana, engine: store).create(.sampleNodeinfo("n"))
            try await store.close()
            let page = try await DatabaseQueue(path: path).read { db in
                try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'audit_entry'")
            }
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.seek(toOffset: UInt64(4096 * (try #require(page) - 1)))
            try file.write(contentsOf: Data(count: 4096))
            try file.close()
            let error = try await #require(throws: VC3Error.self) { _ = try await SQLitePersistence.open(path: path) }
            #expect(error.message.contains("s.sqlite"), "\(error)")
        }
    }

    /// - Parameter damage: SQL, given the last revision.
    /// - Returns: The refusal.
    private static func damaging(_ damage: @escaping @Sendable (Int64) -> String) async throws -> VC3Error {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "s.sqlite").path
            let (key, retention) = (SealingKey(), Retention(count: 5))
            let store = try await EntityStore.open(
                SQLitePersistence.open(path: path), sealing: key, retention: retention)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            for number in 0..<12 { _ = try await ana.create(.sampleNodeinfo("n\(number)")) }
            try await store.close()
            let database = try DatabaseQueue(path: path)
            try await database.write { try $0.execute(sql: damage(12)) }
            try database.close()
            return try await #require(throws: VC3Error.self) {
                try await EntityStore.open(SQLitePersistence.open(path: path), sealing: key)
            }
        }
    }
}
