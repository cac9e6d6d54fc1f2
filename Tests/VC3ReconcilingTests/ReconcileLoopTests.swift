import Logging
import Testing
import VC3Reconciling

private struct Flaky: Error {}

/// Fails a number of times, then succeeds; asks for one more look after the first success.
private actor Recorder: Reconciler {
    private var failuresLeft: Int
    private(set) var looks = 0
    private var isBusy = false
    private(set) var wasEnteredTwice = false
    private let lookedAt: AsyncStream<Int>.Continuation

    init(failures: Int, _ lookedAt: AsyncStream<Int>.Continuation) {
        failuresLeft = failures
        self.lookedAt = lookedAt
    }

    func reconcile(_ key: String) async throws -> Outcome {
        if isBusy { wasEnteredTwice = true }
        isBusy = true
        await Task.yield()
        isBusy = false
        looks += 1
        lookedAt.yield(looks)
        if failuresLeft > 0 {
            failuresLeft -= 1
            throw Flaky()
        }
        return looks < 5 ? .again(after: .milliseconds(1)) : .done
    }
}

@Suite struct ReconcileLoopTests {
    @Test func throwingIsRetriedAndAgainIsHonouredUntilDone() async {
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        let recorder = Recorder(failures: 3, continuation)
        let loop = ReconcileLoop(
            name: "test", reconciler: recorder, backoff: Backoff(first: .milliseconds(1), most: .milliseconds(4)),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await loop.run() }
            await loop.queue.add("key")
            for await count in stream where count == 5 { break }
            group.cancelAll()
        }
        #expect(await recorder.looks == 5)
        #expect(await recorder.wasEnteredTwice == false)
    }

    @Test(arguments: [(1, 100), (2, 200), (5, 1600), (20, 60_000), (400, 60_000)])
    func delaysDoubleUpToTheMost(attempt: Int, milliseconds: Int) {
        let backoff = Backoff(first: .milliseconds(100), most: .seconds(60))
        #expect(backoff.delay(attempt: attempt, jitter: 0) == .milliseconds(milliseconds))
        #expect(backoff.delay(attempt: attempt, jitter: 1) == .milliseconds(milliseconds) / 2)
    }
}
