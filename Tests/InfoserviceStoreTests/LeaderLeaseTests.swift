import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Synchronization
import Testing
import VC3Model
import VC3Testing

/// A monotonic clock and a wall clock that a test sets, each on its own.
private final class Clocks: Sendable {
    private let start = ContinuousClock.now
    private let state = Mutex((elapsed: Duration.zero, wall: Timestamp(milliseconds: 1_800_000_000_000)))

    func pass(_ time: Duration) {
        state.withLock {
            $0.elapsed += time
            $0.wall = $0.wall + time
        }
    }
    func jump(_ time: Duration) { state.withLock { $0.wall = $0.wall + time } }
    var now: ContinuousClock.Instant { start + state.withLock(\.elapsed) }
    var wall: WallClock { WallClock { self.state.withLock(\.wall) } }
}

/// Passes everything on; after ``loseAnswers()`` writes are carried out, but the caller hears that the server is gone.
private final class Lossy: EntityReader, EntityWriter {
    private let base: InfoserviceSession
    private let isLossy = Mutex(false)

    init(_ base: InfoserviceSession) { self.base = base }
    func loseAnswers(_ value: Bool) { isLossy.withLock { $0 = value } }

    private func answer(_ record: EntityRecord) throws -> EntityRecord {
        if isLossy.withLock(\.self) { throw VC3Error(.unavailable, "the answer was lost") }
        return record
    }
    func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try await base.record(kind, name)
    }
    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) async throws -> RecordList {
        try await base.records(kind, matching: filter, page: page)
    }
    func create(_ draft: EntityDraft) async throws -> EntityRecord { try answer(await base.create(draft)) }
    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try answer(await base.replaceSpec(kind, name, with: spec, expecting: expected))
    }
    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        try answer(await base.patchSpec(kind, name, with: patch, expecting: expected))
    }
    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try answer(await base.replaceStatus(kind, name, with: status, expecting: expected))
    }
    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        try await base.delete(kind, name, cascade: cascade)
    }
    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        try await base.remove(kind, name, expecting: expected)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct LeaderLeaseTests {
    private static func contender(_ name: String, _ store: EntityStore, _ clocks: Clocks) -> LeaderLease {
        LeaderLease(
            InfoserviceSession(identity: .master, engine: store), name: "shard-1", holder: name, term: .seconds(15),
            margin: .seconds(1), wallClock: clocks.wall, now: { clocks.now })
    }

    @Test func theSecondTakesOverOnlyWhenTheFirstHasBeenSilentForTheWholeTerm() async throws {
        try await withSQLiteStore { store in
            let clocks = Clocks()
            let (first, second) = (Self.contender("a", store, clocks), Self.contender("b", store, clocks))
            let term = try #require(try await first.contend())
            #expect(try await second.contend() == nil)
            for _ in 0..<10 {
                clocks.pass(.seconds(5))
                #expect(try await first.contend()?.fence == term.fence, "renewing keeps the fence")
                #expect(try await second.contend() == nil)
            }
            clocks.pass(.seconds(14))
            #expect(await first.current != nil)
            #expect(try await second.contend() == nil)
            clocks.pass(.seconds(1))
            #expect(await first.current == nil, "the holder stops first")
            #expect(try await second.contend() == nil)
            clocks.pass(.seconds(1))
            let next = try #require(try await second.contend())
            #expect(next.fence > term.fence)
            #expect(try await first.contend() == nil)
        }
    }

    @Test func jumpsOfTheWallClockChangeNothing() async throws {
        try await withStore { store in
            let (his, hers) = (Clocks(), Clocks())
            let (first, second) = (Self.contender("a", store, his), Self.contender("b", store, hers))
            _ = try await first.contend()
            #expect(try await second.contend() == nil)
            hers.jump(.seconds(86_400))
            #expect(try await second.contend() == nil)
            his.jump(.seconds(-86_400))
            let before = await store.revision
            _ = try await first.contend()
            #expect(await store.revision > before, "renewing shows even when the clock stands still")
            hers.pass(.seconds(15))
            #expect(try await second.contend() == nil, "a renewed lease is waited for anew")
        }
    }

    @Test func ofManyWhoContendAtOnceOneWins() async throws {
        try await withSQLiteStore { store in
            let clocks = Clocks()
            let contenders = (0..<10).map { Self.contender("c\($0)", store, clocks) }
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for contender in contenders { group.addTask { try await contender.contend() != nil } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
        }
    }

    @Test func aReleasedLeaseIsTakenAtOnce() async throws {
        try await withStore { store in
            let clocks = Clocks()
            let (first, second) = (Self.contender("a", store, clocks), Self.contender("b", store, clocks))
            let term = try #require(try await first.contend())
            await first.release()
            #expect(await first.current == nil)
            #expect(try #require(try await second.contend()).fence > term.fence)
        }
    }

    @Test func aRenewalWhoseAnswerWasLostNeitherExtendsNorLosesTheLease() async throws {
        try await withStore { store in
            let clocks = Clocks()
            let lossy = Lossy(InfoserviceSession(identity: .master, engine: store))
            let first = LeaderLease(
                lossy, name: "shard-1", holder: "a", term: .seconds(15), wallClock: clocks.wall, now: { clocks.now })
            let end = try #require(try await first.contend()).end
            clocks.pass(.seconds(5))
            lossy.loseAnswers(true)
            await #expect(throws: VC3Error.self) { _ = try await first.contend() }
            #expect(await first.current?.end == end)
            lossy.loseAnswers(false)
            #expect(try #require(try await first.contend()).end > end)
        }
    }

    @Test func aTermThatBecomesShorterCountsEvenIfTheAnswerWasLost() async throws {
        try await withStore { store in
            let clocks = Clocks()
            let start = clocks.now
            let session = InfoserviceSession(identity: .master, engine: store)
            let lossy = Lossy(session)
            let lease = LeaderLease(
                lossy, name: "shard-1", holder: "a", term: .seconds(8), wallClock: clocks.wall, now: { clocks.now })
            let first = try await lease.contend(for: 30)
            #expect(first?.end == start + .seconds(30))
            func told() async throws -> Int? { try await session.record(.lease, "shard-1").spec["term"]?.intValue }
            #expect(try await told() == 30)
            clocks.pass(.seconds(5))
            lossy.loseAnswers(true)
            await #expect(throws: VC3Error.self) { _ = try await lease.contend(for: 8) }
            #expect(try await told() == 8, "others count by it")
            #expect(await lease.current?.end == start + .seconds(13))
            clocks.pass(.seconds(8))
            #expect(await lease.current == nil)
        }
    }

    @Test func theStoreRefusesWritesUnderAFenceThatIsOver() async throws {
        try await withSQLiteStore { store in
            let clocks = Clocks()
            let (first, second) = (Self.contender("a", store, clocks), Self.contender("b", store, clocks))
            let master = InfoserviceSession(identity: .master, engine: store)
            func write(_ name: String, under fence: Fence) async throws {
                let session = master.fenced(by: fence)
                _ = try await session.create(
                    EntityDraft(
                        kind: .event, name: name,
                        spec: ["about": "x/y", "reason": "r", "message": "m", "last": "2026-01-01T00:00:00Z"]))
            }
            func isRefused(_ name: String, under fence: Fence) async throws {
                let before = await store.revision
                let error = await #expect(throws: VC3Error.self) { try await write(name, under: fence) }
                #expect(error?.code == .conflict && error?.message.contains("no longer held") == true)
                #expect(await store.revision == before, "nothing was written")
            }

            try await isRefused("early", under: Fence(lease: "shard-1", revision: Revision(1)))
            let old = first.fence(of: try #require(try await first.contend()))
            try await write("one", under: old)
            clocks.pass(.seconds(5))
            #expect(try await first.contend() != nil)
            try await write("two", under: old)

            // It is stopped, another takes over, and it goes on without having looked at a clock.
            #expect(try await second.contend() == nil)
            clocks.pass(.seconds(16))
            let new = second.fence(of: try #require(try await second.contend()))
            try await isRefused("late", under: old)
            try await write("three", under: new)

            // Not even when it gets the lease back: that is another term.
            await second.release()
            try await isRefused("released", under: new)
            let again = first.fence(of: try #require(try await first.contend()))
            #expect(again.revision > new.revision)
            try await isRefused("later", under: old)
            try await isRefused("later", under: new)
            try await write("four", under: again)

            let ana = InfoserviceSession(identity: .ana, engine: store).fenced(by: again)
            let error = await #expect(throws: VC3Error.self) { _ = try await ana.create(.sampleNodeinfo("n")) }
            #expect(error?.code == .forbidden)
        }
    }

    @Test(arguments: [
        ("shard-1@17", true), ("shard-1", false), ("@17", false), ("shard-1@0", false), ("a@b@1", false),
        ("a@+1", false),
        ("a@9223372036854775808", false),
    ])
    func aFenceIsReadAsItIsWritten(text: String, isOne: Bool) {
        #expect(Fence(text: text)?.description == (isOne ? text : nil))
    }
}
