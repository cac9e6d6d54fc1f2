import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Synchronization
import Testing
import VC3Model
import VC3Testing

/// An SQLite file that kills the process at the given rewrite, before or after it is durable.
private final class KillingPersistence: Persistence {
    private let base: SQLitePersistence
    private let left: Mutex<Int>
    private let isLate: Bool

    init(_ base: SQLitePersistence, after rewrites: Int, isLate: Bool) {
        self.base = base
        left = Mutex(rewrites)
        self.isLate = isLate
    }

    func load() async throws -> StoredState { try await base.load() }
    func commit(_ batch: StoredBatch) async throws { try await base.commit(batch) }
    func isCommitted(_ batch: StoredBatch) async throws -> Bool { try await base.isCommitted(batch) }
    func audit(_ query: AuditQuery) async throws -> AuditPage { try await base.audit(query) }
    func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        let remaining = left.withLock { left in
            left -= 1
            return left
        }
        if remaining < 0, !isLate { kill(getpid(), SIGKILL) }
        try await base.rewrite(entities: entities, history: history)
        if remaining < 0 { kill(getpid(), SIGKILL) }
    }
    func close() async throws { try await base.close() }
}

@Suite(.timeLimit(.minutes(2)))
struct ResealingTests {
    private static let tokens = 20

    private static func open(_ folder: String) async throws -> EntityStore {
        try await EntityStore.openSQLite(path: folder + "/s.sqlite", keyFile: folder + "/key")
    }

    /// Twenty tokens, each written twice, so that history has secrets of its own.
    private static func fill(_ folder: String) async throws {
        let store = try await open(folder)
        let ana = InfoserviceSession(identity: .ana, engine: store)
        for number in 0..<tokens {
            _ = try await ana.create(.samplePrivateToken("t\(number)", secret: "first \(number)"))
            _ = try await ana.patchSpec(
                .privatetoken, "t\(number)", with: ["data": .string("second \(number)")], expecting: nil)
        }
        try await store.close()
    }

    private static func requireAllReadable(_ folder: String) async throws {
        let store = try await open(folder)
        let factory = InfoserviceSession(identity: .factory, engine: store)
        for number in 0..<tokens {
            let record = try await factory.record(.privatetoken, "t\(number)")
            #expect(record.spec["data"] == .string("second \(number)"))
        }
        var seen: [String] = []
        for try await event in try await factory.watch([.privatetoken], after: .zero) {
            if case .changed(let record) = event { seen.append(record.spec["data"]?.stringValue ?? "") }
            if seen.count == 2 * tokens { break }
        }
        #expect(seen == (0..<tokens).flatMap { ["first \($0)", "second \($0)"] })
        try await store.close()
    }

    private static func occurrences(of id: String, in folder: String) -> Int {
        ["s.sqlite", "s.sqlite-wal"].reduce(0) { count, file in
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + file) else { return count }
            return count + (String(decoding: bytes, as: UTF8.self).components(separatedBy: id + ":").count - 1)
        }
    }

    @Test func everythingAtRestIsSealedAnewWhileOthersWrite() async throws {
        try await withScratchDirectory { directory in
            let folder = directory.path
            try await Self.fill(folder)
            let old = try await SealingKey.file(folder + "/key", creating: false).keys[0].id
            let store = try await Self.open(folder)
            let before = await store.revision
            let keys = try await SealingKey.change(folder + "/key", by: .begin)
            #expect(keys.isRotating)
            try await store.use(keys)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            async let sealed = store.resealAll(batch: 3)
            for number in 0..<30 { _ = try await ana.create(.sampleNodeinfo("n\(number)")) }
            #expect(try await sealed == 3 * Self.tokens)
            #expect(await store.revision == Revision(before.rawValue + 30), "sealing anew makes no revision")
            try await store.close()

            await #expect(throws: VC3Error.self, "not before it is retired") {
                _ = try await SealingKey.change(folder + "/key", by: .finish)
            }
            _ = try await SealingKey.change(folder + "/key", by: .retire([old]))
            let last = try await SealingKey.change(folder + "/key", by: .finish)
            #expect(last.keys.map(\.id) == [keys.keys[0].id])
            try await Self.requireAllReadable(folder)
        }
    }

    @Test(arguments: [(0, false), (0, true), (3, false), (5, true), (9, false)])
    func aKillAtAnyStepLosesNothing(rewrites: Int, isLate: Bool) async throws {
        try await withScratchDirectory { directory in
            let folder = directory.path
            try await Self.fill(folder)
            let old = try await SealingKey.file(folder + "/key", creating: false).keys[0].id
            _ = try await SealingKey.change(folder + "/key", by: .begin)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, rewrites = rewrites as Int, isLate = isLate as Bool] in
                let keys = try await SealingKey.file(folder + "/key", creating: false)
                let persistence = KillingPersistence(
                    try await SQLitePersistence.open(path: folder + "/s.sqlite"), after: rewrites, isLate: isLate)
                let store = try await EntityStore.open(persistence, sealing: keys)
                try await store.resealAll(batch: 5)
            }
            try await Self.requireAllReadable(folder)
            #expect(Self.occurrences(of: old, in: folder) > 0, "something was still sealed under the old key")

            let store = try await Self.open(folder)
            try await store.resealAll()
            try await store.close()
            _ = try await SealingKey.change(folder + "/key", by: .retire([old]))
            _ = try await SealingKey.change(folder + "/key", by: .finish)
            try await Self.requireAllReadable(folder)
        }
    }

    @Test func aKeyThatIsStillNeededCannotBeTakenAway() async throws {
        try await withStore { store in
            let error = try await #require(throws: VC3Error.self) { try await store.use(SealingKey()) }
            #expect(error.message.contains("put it back"))
        }
    }

    @Test func aStagedKeyOpensButDoesNotSealUntilPromoted() throws {
        let first = SealingKey()
        let staged = try first.taking(.stage)
        #expect(staged.keys.count == 2 && staged.keys[0].id == first.keys[0].id && !staged.isRotating)
        let promoted = try staged.taking(.promote)
        #expect(promoted.keys.map(\.id) == staged.keys.map(\.id).reversed() && promoted.isRotating)
        #expect(throws: VC3Error.self) { _ = try first.taking(.promote) }
    }

    @Test func theRetiredWordIsKeptAndNothingElseIsTaken() throws {
        let key = Data(repeating: 1, count: 32).base64EncodedString()
        let other = Data(repeating: 2, count: 32).base64EncodedString()
        let keys = try SealingKey(text: "# made at noon\n\n\(key)\n\(other) retired\n")
        #expect(keys.keys.map(\.duty) == [.used, .retired] && !keys.isRotating)
        #expect(throws: VC3Error.self) { _ = try SealingKey(text: "\(key) retierd\n") }
        #expect(throws: VC3Error.self) { _ = try SealingKey(text: "\(key) retired\n") }
    }
}
