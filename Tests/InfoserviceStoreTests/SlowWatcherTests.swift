import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Model
import VC3Testing

@Suite(.timeLimit(.minutes(5)))
struct SlowWatcherTests {
    /// More commits than its letter box holds happen between two reads, again and again.
    @Test func whatDoesNotFitTheLetterBoxComesFromHistory() async throws {
        try await withStore { store in
            let ana = InfoserviceSession(identity: .ana, engine: store)
            var events = try await store.watch([.nodeinfo], after: .zero).makeAsyncIterator()
            var expected = Revision.zero
            for round in 0..<4 {
                for number in 0..<30 { _ = try await ana.create(.sampleNodeinfo("r\(round)-n\(number)")) }
                for _ in 0..<30 {
                    expected = expected.next
                    #expect(try await events.next()?.revision == expected)
                }
            }
        }
    }

    @Test func aWatchThatIsLeftEndsAtOnce() async throws {
        try await withStore(heartbeat: .seconds(3600)) { store in
            let watcher = Task { for try await _ in try await store.watch([.nodeinfo], after: .zero) {} }
            // Wherever it is by now.
            await Task.yield()
            watcher.cancel()
            _ = await watcher.result
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.sampleNodeinfo("n"))
        }
    }
}
