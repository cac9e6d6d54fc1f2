import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Synchronization
import Testing
import VC3Model
import VC3Testing

private final class Count: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

/// Kills the process in the middle of many writes, again and again on the same file.
@Suite(.timeLimit(.minutes(2)))
struct CrashTests {
    @Test func nothingAcknowledgedIsLostWhenKilled() async throws {
        try await withScratchDirectory { directory in
            let path = directory.path
            var highest = Revision.zero
            for round in 0..<5 {
                let acknowledged = Int.random(in: 20...400)
                await #expect(processExitsWith: .signal(SIGKILL), "round \(round), killed after \(acknowledged)") {
                    [path = path as String, round = round as Int, acknowledged = acknowledged as Int] in
                    try await Self.storm(in: path, round: round, killedAfter: acknowledged)
                }
                highest = try await Self.check(path, since: highest)
            }
            #expect(highest > Revision(100))
        }
    }

    /// Writes with 16 writers and notes every acknowledged write in a file, until the process kills itself.
    private static func storm(in path: String, round: Int, killedAfter limit: Int) async throws {
        let store = try await EntityStore.open(SQLitePersistence.open(path: path + "/s.sqlite"), sealing: SealingKey())
        let ana = InfoserviceSession(identity: .ana, engine: store)
        let notes = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let count = Count()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<16 {
                group.addTask {
                    for number in 0... {
                        let name = "r\(round)-w\(writer)-n\(number)"
                        guard let record = try? await ana.create(.sampleNodeinfo(name)) else { return }
                        let note = Array("\(name) \(record.metadata.revision)\n".utf8)
                        _ = write(notes, note, note.count)
                        if count.next() == limit { kill(getpid(), SIGKILL) }
                    }
                }
            }
        }
    }

    /// - Returns: The revision of the store.
    private static func check(_ path: String, since highest: Revision) async throws -> Revision {
        let store = try await EntityStore.open(SQLitePersistence.open(path: path + "/s.sqlite"), sealing: SealingKey())
        let notes = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8)
        for line in notes.split(separator: "\n") {
            let words = line.split(separator: " ")
            try #require(words.count == 2, "\(line)")
            let record = await store.record(EntityKey(.nodeinfo, String(words[0])))
            #expect(record?.metadata.revision.description == String(words[1]), "\(line)")
        }
        let revision = await store.revision
        #expect(revision > highest)
        var expected = Revision(1)
        for try await event in try await store.watch([.nodeinfo], after: .zero) {
            #expect(event.revision == expected)
            if event.revision == revision { break }
            expected = expected.next
        }
        #expect(await store.records(.nodeinfo).items.count == Int(revision.rawValue))
        try await store.close()
        return revision
    }
}
