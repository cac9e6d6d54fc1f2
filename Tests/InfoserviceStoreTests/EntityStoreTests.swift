import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Synchronization
import Testing
import VC3Model
import VC3Testing

@Suite(.timeLimit(.minutes(5)))
struct EntityStoreTests {
    @Test func aReopenedStoreContinuesWhereItStopped() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "s.sqlite").path
            let key = SealingKey()
            let first = try await EntityStore.open(SQLitePersistence.open(path: path), sealing: key)
            let ana = InfoserviceSession(identity: .ana, engine: first)
            let start = try await ana.create(.sampleNodeinfo("a")).metadata.revision
            _ = try await ana.create(.samplePrivateToken("t", secret: "c2VjcmV0"))
            try await ana.delete(.nodeinfo, "a")
            let revision = await first.revision
            try await first.close()

            let second = try await EntityStore.open(SQLitePersistence.open(path: path), sealing: key)
            #expect(await second.revision == revision)
            #expect(await second.record(EntityKey(.nodeinfo, "a")) == nil)
            let secret = try await InfoserviceSession(identity: .factory, engine: second).record(.privatetoken, "t")
            #expect(secret.spec["data"] == "c2VjcmV0")
            var kinds: [EntityKind] = []
            for try await event in try await second.watch([.nodeinfo, .privatetoken], after: start) {
                if case .changed(let record) = event { kinds.append(record.metadata.kind) }
                if case .removed(let record) = event {
                    #expect(record.metadata.revision == revision)
                    break
                }
            }
            #expect(kinds == [.privatetoken])
            try await second.close()
        }
    }

    @Test func aSecondProcessIsKeptOut() async throws {
        try await withScratchDirectory { directory in
            let path = directory.appending(path: "s.sqlite").path
            let first = try await SQLitePersistence.open(path: path)
            let error = try await #require(throws: VC3Error.self) { _ = try await SQLitePersistence.open(path: path) }
            #expect(error.code == .unavailable)
            try await first.close()
            try await SQLitePersistence.open(path: path).close()
        }
    }

    @Test func storeFilesArePrivateAndHoldNoSecret() async throws {
        try await withScratchDirectory { directory in
            let secret = "VGhpcyBpcyB2ZXJ5IHNlY3JldA"
            let store = try await EntityStore.open(
                SQLitePersistence.open(path: directory.appending(path: "s.sqlite").path), sealing: SealingKey())
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.samplePrivateToken("t", secret: secret))
            _ = try await ana.create(
                EntityDraft(kind: .environment, name: "plain", spec: ["command": "findable-plain-text"]))
            var found = false
            for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
                let path = directory.appending(path: name).path
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(name)")
                let bytes = try Data(contentsOf: URL(filePath: path))
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
                if bytes.range(of: Data("findable-plain-text".utf8)) != nil { found = true }
            }
            #expect(found, "the search finds what is not sealed")
            try await store.close()
        }
    }

    @Test func aLostKeyFileIsNotReplaced() async throws {
        try await withScratchDirectory { directory in
            let (path, key) = (directory.appending(path: "s.sqlite").path, directory.appending(path: "key").path)
            try await EntityStore.openSQLite(path: path, keyFile: key).close()
            try await EntityStore.openSQLite(path: path, keyFile: key).close()
            try FileManager.default.removeItem(atPath: key)
            let error = await #expect(throws: VC3Error.self) {
                _ = try await EntityStore.openSQLite(path: path, keyFile: key)
            }
            #expect(error?.message.contains("backup") == true)
            #expect(!FileManager.default.fileExists(atPath: key))
        }
    }

    @Test func compactedHistoryIsRefusedRatherThanSkipped() async throws {
        try await withStore(retention: Retention(count: 10), heartbeat: .milliseconds(20)) { store in
            let ana = InfoserviceSession(identity: .ana, engine: store)
            var slow = try await ana.watch([.nodeinfo], after: .zero).makeAsyncIterator()
            _ = try await ana.create(.sampleNodeinfo("n"))
            #expect(try await slow.next()?.revision == Revision(1))
            for cores in 2...40 {
                _ = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": .integer(cores)], expecting: nil)
            }
            let fresh = try await #require(throws: VC3Error.self) { _ = try await ana.watch([.nodeinfo], after: .zero) }
            #expect(fresh.code == .compacted)
            let late = try await #require(throws: VC3Error.self) { while try await slow.next() != nil {} }
            #expect(late.code == .compacted)
            let kept = Revision(40 - 10)
            var resumed = try await ana.watch([.nodeinfo], after: kept).makeAsyncIterator()
            #expect(try await resumed.next()?.revision == kept.next)
        }
    }

    @Test func oldHistoryGoesByAge() async throws {
        let now = Mutex(Timestamp(milliseconds: 0))
        let clock = WallClock { now.withLock { $0 } }
        try await withStore(clock: clock, retention: Retention(age: .seconds(60))) { store in
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.sampleNodeinfo("a"))
            now.withLock { $0 = Timestamp(milliseconds: 61_000) }
            let second = try await ana.create(.sampleNodeinfo("b"))
            #expect(second.metadata.created == Timestamp(milliseconds: 61_000))
            let error = try await #require(throws: VC3Error.self) { _ = try await ana.watch([.nodeinfo], after: .zero) }
            #expect(error.code == .compacted)
            _ = try await ana.watch([.nodeinfo], after: Revision(1))
        }
    }

    @Test func aQuietWatchIsCarriedAlongByHeartbeats() async throws {
        try await withStore(retention: Retention(count: 5), heartbeat: .milliseconds(10)) { store in
            let ana = InfoserviceSession(identity: .ana, engine: store)
            var quiet = try await ana.watch([.cluster], after: .zero).makeAsyncIterator()
            for number in 0..<50 {
                _ = try await ana.create(.sampleNodeinfo("n\(number)"))
                #expect(try await quiet.next() == .heartbeat(Revision(Int64(number + 1))))
            }
        }
    }

    @Test func aRefusedWriteFailsAloneInItsBatch() async throws {
        try await withSQLiteStore { store in
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.sampleNodeinfo("taken"))
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    let name = number.isMultiple(of: 2) ? "n\(number)" : "taken"
                    group.addTask { (try? await ana.create(.sampleNodeinfo(name))) != nil }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter(\.self).count == 50)
            #expect(await store.revision == Revision(51))
        }
    }

    @Test func aCancelledWriterDoesNotSpoilTheBatchOfOthers() async throws {
        try await withSQLiteStore { store in
            let ana = InfoserviceSession(identity: .ana, engine: store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await withTaskGroup(of: Void.self) { doomed in
                        for number in 0..<30 {
                            doomed.addTask { _ = try? await ana.create(.sampleNodeinfo("d\(number)")) }
                        }
                        doomed.cancelAll()
                    }
                }
                for number in 0..<30 { group.addTask { _ = try await ana.create(.sampleNodeinfo("n\(number)")) } }
                try await group.waitForAll()
            }
            #expect(await store.records(.nodeinfo).items.filter { $0.name.hasPrefix("n") }.count == 30)
        }
    }

    @Test func aCancelledWatchEnds() async throws {
        try await withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for try await _ in try await store.watch([.user], after: .zero) {} }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
