import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

/// The dump as a file: of the original, of ours, changed by others, torn.
@Suite(.timeLimit(.minutes(2)))
struct DiskDumpTests {
    private static let original = """
        {
            "user": {"ana": {"name": "ana", "state": "new", "first": "Ana", "last": "Lee", "email": "a@x.org",
                "organization": "X", "identity_id": null, "sshpubstring": null, "description": null,
                "displayname": null, "url": null, "docurl": null}},
            "nodes": {
                "small": {"name": "small", "state": "new", "owner": "ana", "cores": 2, "memory_mb": 2048},
                "workers": {"name": "workers", "state": "new", "owner": "ana", "node_number": 3,
                    "app_type": "htcondor", "app_role": "worker-nodes", "app_sectoken": null}},
            "allocation": {"ana.midway": {"name": "ana.midway", "state": "ready", "owner": "ana", "resource": "midway",
                "accountname": "ana", "action": null, "privtoken": "aHVudGVyMg=="}}
        }
        """

    private func open(_ path: String, _ key: SealingKey, anew: Bool = false) async throws -> EntityStore {
        try await EntityStore.open(
            DiskDumpPersistence.open(path: path, sealing: key, isBegunAnewWhenUnreadable: anew), sealing: key)
    }

    private func document(_ path: String) throws -> JSONValue {
        try JSONValue(data: Data(contentsOf: URL(filePath: path)))
    }

    @Test func aFileOfTheOriginalIsTakenOver() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            try Self.original.write(toFile: path, atomically: false, encoding: .utf8)
            let store = try await open(path, SealingKey())
            #expect(await store.revision == Revision(4))
            #expect(await store.record(EntityKey(.user, "ana"))?.spec["email"] == "a@x.org")
            #expect(await store.record(EntityKey(.nodeinfo, "small"))?.spec["cores"] == 2)
            #expect(await store.record(EntityKey(.nodeset, "workers"))?.spec["node_number"] == 3)
            let allocation = try #require(await store.record(EntityKey(.allocation, "ana.midway")))
            #expect(allocation.metadata.owner == "ana" && allocation.status["state"] == "ready")
            #expect(try await store.audit(AuditQuery()).items.map(\.action) == Array(repeating: "import", count: 4))
            try await store.close()

            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let kept = try #require(names.first { $0.hasPrefix("dump.json.original.") })
            #expect(try String(contentsOf: folder.appending(path: kept), encoding: .utf8) == Self.original)
        }
    }

    @Test func aFileOfOursHasTheShapeOfTheOriginal() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            let store = try await open(path, SealingKey())
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.sampleNodeinfo("n", cores: 4))
            _ = try await ana.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
            let shown = try document(path)
            #expect(shown["nodes"]?["n"]?["cores"] == 4)
            #expect(shown["nodes"]?["n"]?["owner"] == "ana" && shown["nodes"]?["n"]?["state"] == "new")
            for (key, entities) in shown.objectValue ?? [:] {
                for (name, entity) in entities.objectValue ?? [:] { #expect(entity["name"] == .string(name), "\(key)") }
            }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("\n    \"nodes\": {\n        \"n\": {\n            \""), "four blanks")
            #expect(text.contains("\n            \"cores\": 4,\n"))
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let file = folder.appending(path: name)
                #expect(try Data(contentsOf: file).range(of: Data("aHVudGVyMg".utf8)) == nil, "no secret in \(name)")
                let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(name)")
            }
            try await ana.delete(.nodeinfo, "n")
            #expect(try document(path)["nodes"]?["n"] == nil)
            try await store.close()
        }
    }

    @Test func whatAnotherProgramChangedBecomesChanges() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            let key = SealingKey()
            var store = try await open(path, key)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            let made = try await ana.create(.sampleNodeinfo("n"))
            _ = try await ana.create(.sampleNodeinfo("gone"))
            _ = try await ana.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
            let before = await store.revision
            try await store.close()

            var changed = try document(path)
            var nodes = try #require(changed["nodes"])
            nodes["n"]?["cores"] = 7
            nodes["gone"] = JSONValue?.none
            changed["nodes"] = nodes
            try changed.data().write(to: URL(filePath: path))
            store = try await open(path, key)
            let record = try #require(await store.record(EntityKey(.nodeinfo, "n")))
            #expect(record.spec["cores"] == 7 && record.metadata.generation == 2)
            #expect(record.metadata.created == made.metadata.created)
            #expect(await store.record(EntityKey(.nodeinfo, "gone")) == nil)
            #expect(await store.revision == Revision(before.rawValue + 2))
            let factory = InfoserviceSession(identity: .factory, engine: store)
            #expect(try await factory.record(.privatetoken, "t").spec["data"] == "aHVudGVyMg")
            let events = try await store.watch([.nodeinfo], after: before)
            var seen = 0
            for try await _ in events {
                seen += 1
                if seen == 2 { break }
            }
            try await store.close()

            // Rewritten without a change, in another layout: nothing happened.
            try document(path).data().write(to: URL(filePath: path))
            store = try await open(path, key)
            #expect(await store.revision == Revision(before.rawValue + 2))
            try await store.close()
        }
    }

    @Test func aDumpThatFellBehindIsBroughtUp() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            let key = SealingKey()
            var store = try await open(path, key)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.sampleNodeinfo("a"))
            let older = try Data(contentsOf: URL(filePath: path))
            _ = try await ana.create(.sampleNodeinfo("b"))
            try await store.close()
            // As after a crash between the journal's line and the dump, with half of a further line.
            try older.write(to: URL(filePath: path))
            let journal = try #require(FileHandle(forWritingAtPath: path + ".journal"))
            try journal.seekToEnd()
            try journal.write(contentsOf: Data("0123456789abcdef {\"batch\":{\"chan".utf8))
            try journal.close()
            store = try await open(path, key)
            #expect(await store.records(.nodeinfo).items.map(\.name) == ["a", "b"])
            #expect(try await store.audit(AuditQuery()).items.count == 2)
            #expect(try document(path)["nodes"]?["b"] != nil)
            try await store.close()
        }
    }

    @Test func anUnreadableFileIsKeptAndNeverReplacedSilently() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            let key = SealingKey()
            let torn = Data("{\"nodes\": {\"n\": {\"name\"".utf8)
            try torn.write(to: URL(filePath: path))
            for _ in 0..<2 {
                let error = await #expect(throws: VC3Error.self) { _ = try await open(path, key) }
                #expect(error?.code == .unavailable)
                #expect(error?.message.contains(".invalid.") == true)
                #expect(try Data(contentsOf: URL(filePath: path)) == torn)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let aside = names.filter { $0.hasPrefix("dump.json.invalid.") }
            try #require(aside.count == 1)
            // Gone from its place, it is not taken for a new store either.
            try FileManager.default.removeItem(atPath: path)
            await #expect(throws: VC3Error.self) { _ = try await open(path, key) }
            let store = try await open(path, key, anew: true)
            #expect(await store.revision == .zero)
            try await store.close()
            #expect(try Data(contentsOf: folder.appending(path: aside[0])) == torn)
        }
    }

    @Test func aDamagedJournalIsNotPassedOver() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            let key = SealingKey()
            let store = try await open(path, key)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            for name in ["a", "b", "c"] { _ = try await ana.create(.sampleNodeinfo(name)) }
            try await store.close()
            var bytes = try Data(contentsOf: URL(filePath: path + ".journal"))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: path + ".journal"))
            let error = await #expect(throws: VC3Error.self) { _ = try await open(path, key) }
            #expect(error?.message.contains("damaged") == true, "\(error?.message ?? "")")
            // By choice, the dump alone.
            let again = try await open(path, key, anew: true)
            #expect(await again.records(.nodeinfo).items.map(\.name) == ["a", "b", "c"])
            try await again.close()
        }
    }

    @Test func whatCannotBeTakenOverIsNamed() async throws {
        try await withScratchDirectory { folder in
            let path = folder.appending(path: "dump.json").path
            let text = #"{"nodes": {"n": {"name": "n", "cores": "many"}, "m": {"name": "m", "memory_mb": -1}}}"#
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let error = await #expect(throws: VC3Error.self) { _ = try await open(path, SealingKey()) }
            #expect(error?.code == .invalid && error?.problems.count == 2, "\(error.map { "\($0)" } ?? "")")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
    }
}
