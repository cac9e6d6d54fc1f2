import InfoserviceAPI
import InfoserviceServer
import Logging
import Synchronization
import Testing
import VC3Model
import VC3Testing

@testable import PartWiring

/// Of several that would lead, one works; when it ends or loses the lease, another goes on.
@Suite(.timeLimit(.minutes(5)))
struct LeadingTests {
    /// Who works at the moment.
    private final class Workers: Sendable {
        private let names = Mutex<Set<String>>([])

        /// - Returns: How many there are then.
        func begin(_ name: String) -> Int {
            names.withLock { names in
                names.insert(name)
                return names.count
            }
        }
        func end(_ name: String) { names.withLock { _ = $0.remove(name) } }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let clock = WallClock { Timestamp(milliseconds: 1_800_000_000_000) }

    private static func leading(
        _ session: InfoserviceSession, _ holder: String, term: Duration = .milliseconds(600),
        work: @escaping Leading.Work
    ) -> Leading {
        Leading(
            LeaderLease(
                session, name: "master", holder: holder, term: term, margin: .milliseconds(50), wallClock: clock),
            name: "master", term: term, logger: silent, work: work)
    }

    @Test func oneWorksAndTheOtherTakesOverWhenItEnds() async throws {
        try await withStore { store in
            let session = InfoserviceSession(identity: Identity(role: .master, name: "m"), engine: store)
            let (leaders, told) = AsyncStream<String>.makeStream()
            let workers = Workers()
            let lead: @Sendable (String) async throws -> Void = { name in
                try await Self.leading(session, name) { _ in
                    #expect(workers.begin(name) == 1, "two work at once")
                    told.yield(name)
                    defer { workers.end(name) }
                    try await Task.sleep(for: .seconds(3600))
                }.run()
            }
            var next = leaders.makeAsyncIterator()
            let first = Task { try await lead("a") }
            #expect(await next.next() == "a")
            let second = Task { try await lead("b") }
            first.cancel()
            #expect(await next.next() == "b")
            second.cancel()
            _ = try? await first.value
            _ = try? await second.value
        }
    }

    @Test func whoLosesTheLeaseStopsItsWorkAndItsWritesAreRefused() async throws {
        try await withStore { store in
            let session = InfoserviceSession(identity: Identity(role: .master, name: "m"), engine: store)
            let (fences, told) = AsyncStream<Fence>.makeStream()
            let (ends, ended) = AsyncStream<Bool>.makeStream()
            let task = Task {
                try await Self.leading(session, "a") { fence in
                    told.yield(fence)
                    defer { ended.yield(Task.isCancelled) }
                    try await Task.sleep(for: .seconds(3600))
                }.run()
            }
            var fence = fences.makeAsyncIterator()
            var end = ends.makeAsyncIterator()
            let first = try #require(await fence.next())
            // Another one took it, as after a pause of this process that was longer than the term.
            let record = try await session.record(.lease, "master")
            var spec = record.spec
            spec["holder"] = "b"
            spec["fence"] = .null
            while true {
                let current = try await session.record(.lease, "master")
                do {
                    _ = try await session.replaceSpec(
                        .lease, "master", with: spec, expecting: current.metadata.revision)
                    break
                } catch let error as VC3Error where error.code == .conflict { continue }
            }
            #expect(await end.next() == true)
            await #expect(throws: VC3Error.self) {
                _ = try await session.fenced(by: first).create(.sampleNodeset("n"))
            }
            // The other one never renews: this one leads again, under another fence.
            let second = try #require(await fence.next())
            #expect(second.revision > first.revision)
            task.cancel()
            _ = try? await task.value
        }
    }

    @Test func whatTheWorkFailsWithEndsTheProgram() async throws {
        try await withStore { store in
            let session = InfoserviceSession(identity: Identity(role: .master, name: "m"), engine: store)
            let error = await #expect(throws: VC3Error.self) {
                try await Self.leading(session, "a") { _ in throw VC3Error(.invalid, "no bundle") }.run()
            }
            #expect(error?.message == "no bundle")
            let record = try await session.record(.lease, "master")
            #expect(record.spec["holder"] == "", "the lease is given up for the next one")
        }
    }
}
