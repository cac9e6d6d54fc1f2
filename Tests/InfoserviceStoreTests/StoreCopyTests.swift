import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

/// Copies between plugins, and backups.
@Suite(.timeLimit(.minutes(5)))
struct StoreCopyTests {
    /// A store with a change, a removal, a secret and a compacted past.
    static func fill(_ configuration: StoreConfiguration) async throws -> (revision: Revision, created: Timestamp) {
        var small = configuration
        small.retention = Retention(count: 5)
        let store = try await EntityStore.open(small)
        let ana = InfoserviceSession(identity: .ana, engine: store)
        let made = try await ana.create(.sampleNodeinfo("n"))
        for cores in 2...20 {
            _ = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": .integer(cores)], expecting: nil)
        }
        _ = try await ana.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
        _ = try await ana.create(.sampleNodeinfo("gone"))
        try await ana.delete(.nodeinfo, "gone")
        let revision = await store.revision
        try await store.close()
        return (revision, made.metadata.created)
    }

    /// That `configuration` holds what ``fill(_:)`` wrote.
    static func check(_ configuration: StoreConfiguration, _ revision: Revision, _ created: Timestamp) async throws {
        let store = try await EntityStore.open(configuration)
        #expect(await store.revision == revision)
        let record = try #require(await store.record(EntityKey(.nodeinfo, "n")))
        #expect(record.spec["cores"] == 20 && record.metadata.created == created && record.metadata.generation == 20)
        let factory = InfoserviceSession(identity: .factory, engine: store)
        #expect(try await factory.record(.privatetoken, "t").spec["data"] == "aHVudGVyMg")
        #expect(try await store.audit(AuditQuery(limit: 1000)).items.count == Int(revision.rawValue))
        await #expect(throws: VC3Error.self) { _ = try await store.watch([.nodeinfo], after: .zero) }
        let watch = try await store.watch([.nodeinfo], after: Revision(revision.rawValue - 2))
        var seen: [Revision] = []
        for try await event in watch {
            seen.append(event.revision)
            if event.revision == revision { break }
        }
        #expect(seen == [Revision(revision.rawValue - 1), revision])
        let next = try await InfoserviceSession(identity: .ana, engine: store).create(.sampleNodeinfo("next"))
        #expect(next.metadata.revision == revision.next)
        try await store.close()
    }

    @Test(arguments: [StorePlugin.sqlite, .diskDump], ["key", "other-key"])
    func aCopyHasEverything(_ from: StorePlugin, underKey targetKey: String) async throws {
        let to: StorePlugin = from == .sqlite ? .diskDump : .sqlite
        try await withScratchDirectory { folder in
            func configuration(_ plugin: StorePlugin, _ name: String, _ key: String) throws -> StoreConfiguration {
                StoreConfiguration(
                    try StoreLocation(plugin: plugin.rawValue, place: folder.appending(path: name).path),
                    keyFile: folder.appending(path: key).path)
            }
            let source = try configuration(from, "source", "key")
            let target = try configuration(to, "target", targetKey)
            let (revision, created) = try await Self.fill(source)
            let summary = try await StoreCopy.copy(from: source, to: target)
            #expect(summary.revision == revision && summary.entities == 2)
            let error = await #expect(throws: VC3Error.self) { _ = try await StoreCopy.copy(from: source, to: target) }
            #expect(error?.code == .exists)
            try await Self.check(target, revision, created)
        }
    }

    @Test func anUnfinishedTargetIsRefused() async throws {
        try await withScratchDirectory { folder in
            let key = SealingKey()
            let bad = StoreContent(
                state: StoredState(entities: [Data("torn".utf8)], revision: Revision(7)), audit: [])
            let paths = (folder.appending(path: "s").path, folder.appending(path: "d").path)
            let targets: [@Sendable () async throws -> any CopyablePersistence] = [
                { try await SQLitePersistence.open(path: paths.0) },
                { try await DiskDumpPersistence.open(path: paths.1, sealing: key) },
            ]
            for open in targets {
                let target = try await open()
                await #expect(throws: (any Error).self) { try await target.fill(bad) }
                try await target.close()
                let error = await #expect(throws: VC3Error.self) { _ = try await open() }
                #expect(error?.message.contains("unfinished") == true)
            }
        }
    }

    @Test func aBackupIsTakenWhileOthersWrite() async throws {
        try await withScratchDirectory { folder in
            let key = folder.appending(path: "key").path
            let source = StoreConfiguration(.sqlite(path: folder.appending(path: "s").path), keyFile: key)
            let store = try await EntityStore.open(source)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.samplePrivateToken("t", secret: "aHVudGVyMg"))
            let backup = folder.appending(path: "backup").path
            let summary = try await withThrowingTaskGroup(of: StoreCopy.Summary?.self) { group in
                group.addTask {
                    for number in 0..<300 { _ = try await ana.create(.sampleNodeinfo("n\(number)")) }
                    return nil
                }
                group.addTask {
                    while await store.revision < Revision(50) { await Task.yield() }
                    return try await StoreCopy.backUp(source.location, to: backup, at: WallClock.system.now())
                }
                var summary: StoreCopy.Summary?
                for try await result in group { summary = result ?? summary }
                return try #require(summary)
            }
            try await store.close()
            #expect(try Data(contentsOf: URL(filePath: backup)).range(of: Data("aHVudGVyMg".utf8)) == nil)
            let again = await #expect(throws: VC3Error.self) {
                _ = try await StoreCopy.backUp(source.location, to: backup, at: WallClock.system.now())
            }
            #expect(again?.code == .exists, "a backup replaces nothing")

            let target = StoreConfiguration(.diskDump(path: folder.appending(path: "d").path), keyFile: key)
            #expect(try await StoreCopy.restore(backup, to: target) == summary)
            let restored = try await EntityStore.open(target)
            #expect(await restored.revision == summary.revision)
            let names = Set(await restored.records(.nodeinfo).items.map(\.name))
            #expect(names == Set((0..<Int(summary.revision.rawValue - 1)).map { "n\($0)" }), "one moment, nothing else")
            try await restored.close()
        }
    }

    @Test(arguments: ["cut", "flipped", "empty", "foreign", "other key"])
    func aBackupThatIsNotWholeIsRefused(_ fault: String) async throws {
        try await withScratchDirectory { folder in
            let key = folder.appending(path: "key").path
            let source = StoreConfiguration(.sqlite(path: folder.appending(path: "s").path), keyFile: key)
            _ = try await Self.fill(source)
            let backup = folder.appending(path: "backup")
            _ = try await StoreCopy.backUp(source.location, to: backup.path, at: WallClock.system.now())
            var bytes = try Data(contentsOf: backup)
            var target = StoreConfiguration(.sqlite(path: folder.appending(path: "t").path), keyFile: key)
            switch fault {
            case "cut": bytes = bytes.dropLast(200)
            case "flipped": bytes[bytes.count / 2] ^= 1
            case "empty": bytes = Data()
            case "foreign": bytes = Data("{}\n{}\n".utf8)
            default: target.keyFile = folder.appending(path: "other").path
            }
            try bytes.write(to: backup)
            await #expect(throws: VC3Error.self) { _ = try await StoreCopy.restore(backup.path, to: target) }
            let store = try await EntityStore.open(target)
            #expect(await store.revision == .zero, "nothing was written")
            try await store.close()
        }
    }
}
