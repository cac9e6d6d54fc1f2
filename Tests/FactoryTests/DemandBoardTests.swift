import Logging
import Synchronization
import Testing

@testable import Factory

/// What is remembered of answers, and for how long.
@Suite(.timeLimit(.minutes(2))) struct DemandBoardTests {
    static let here = DemandPlace.condor(HTCondorDemand())
    static let there = DemandPlace.condor(HTCondorDemand(schedd: "there"))
    static let pace = DemandPace(longest: .milliseconds(20), maxAge: .milliseconds(400))

    /// Says what it is told to say; nothing at first.
    final class ScriptedSource: DemandSource {
        private let answers = Mutex<[DemandPlace: JobDemand]>([:])
        private let asked = Mutex<[DemandPlace: Int]>([:])

        func say(_ ready: Int?, at place: DemandPlace) {
            answers.withLock { $0[place] = ready.map { JobDemand(ready: $0) } }
        }

        func questions(to place: DemandPlace) -> Int { asked.withLock { $0[place] ?? 0 } }

        func demand(at place: DemandPlace) async throws(DemandError) -> JobDemand {
            asked.withLock { $0[place, default: 0] += 1 }
            guard let answer = answers.withLock({ $0[place] }) else { throw DemandError("it is silent") }
            return answer
        }
    }

    let source = ScriptedSource()

    func until(_ condition: () async -> Bool) async throws {
        while !(await condition()) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// A board that runs while `body` does; `told` are the places of which it told a change.
    func withBoard(_ body: (DemandBoard, _ told: AsyncStream<DemandPlace>) async throws -> Void) async throws {
        let (told, tell) = AsyncStream.makeStream(of: DemandPlace.self)
        let board = DemandBoard(source: source, logger: Logger(label: "test")) { places in
            for place in places { tell.yield(place) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await board.run() }
            try await body(board, told)
            group.cancelAll()
        }
    }

    @Test func answersAreKnownAndChangesTold() async throws {
        source.say(3, at: Self.here)
        try await withBoard { board, told in
            var changes = told.makeAsyncIterator()
            #expect(await board.demand(at: Self.here) == nil)
            await board.watch([Self.here: DemandPace(longest: .milliseconds(20), maxAge: .seconds(3600))])
            #expect(await changes.next() == Self.here)
            #expect(await board.demand(at: Self.here) == JobDemand(ready: 3))
            source.say(5, at: Self.here)
            try await until { await board.demand(at: Self.here) == JobDemand(ready: 5) }
        }
    }

    /// A lost answer is no zero: the last one counts for a while, and then nothing is known.
    @Test func anAnswerLapses() async throws {
        source.say(3, at: Self.here)
        try await withBoard { board, told in
            var changes = told.makeAsyncIterator()
            await board.watch([Self.here: Self.pace])
            #expect(await changes.next() == Self.here)
            source.say(nil, at: Self.here)
            try await until { await board.error(at: Self.here) == DemandError("it is silent") }
            // Of which it is told as well.
            #expect(await changes.next() == Self.here)
            #expect(await board.demand(at: Self.here) == nil)
            source.say(0, at: Self.here)
            try await until { await board.demand(at: Self.here) == JobDemand(ready: 0) }
            #expect(await board.error(at: Self.here) == nil)
        }
    }

    @Test func placesThatNobodyNeedsAreAskedNoMore() async throws {
        source.say(1, at: Self.here)
        source.say(2, at: Self.there)
        try await withBoard { board, _ in
            await board.watch([Self.here: Self.pace, Self.there: Self.pace])
            try await until { await board.demand(at: Self.there) != nil }
            try await until { await board.demand(at: Self.here) != nil }
            await board.watch([Self.here: Self.pace])
            #expect(await board.demand(at: Self.there) == nil)
            // A question may be under way.
            let (before, other) = (source.questions(to: Self.there), source.questions(to: Self.here))
            try await until { source.questions(to: Self.here) > other + 3 }
            #expect(source.questions(to: Self.there) <= before + 1)
        }
    }
}
