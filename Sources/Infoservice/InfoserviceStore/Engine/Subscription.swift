import InfoserviceAPI
import Synchronization
import VC3Model

/// Changes for one watcher, and the revision up to which these are all of its kinds.
struct News: Sendable {
    var entries: [HistoryEntry]
    var upTo: Revision
}

/// One watcher's letter box. It holds little: a watcher that is slow reads the history of the store instead.
///
/// The store puts in, in its own order; the watcher takes out on whatever thread it runs, without coming to the store.
final class Subscription: Sendable {
    enum Delivery: Sendable {
        case news(News)
        /// Nothing happened up to this revision.
        case heartbeat(Revision)
        /// History has more than was put in.
        case behind
    }

    private struct State {
        var queue: [News] = []
        var isBehind = true
        var isCancelled = false
        /// Nothing was put in since the last look at who needs a heartbeat.
        var isQuiet = false
        var reader: CheckedContinuation<Delivery, any Error>?

        /// What can be taken now.
        mutating func take() -> Result<Delivery, any Error>? {
            if isCancelled { return .failure(CancellationError()) }
            if isBehind { return .success(.behind) }
            return queue.isEmpty ? nil : .success(.news(queue.removeFirst()))
        }
    }

    private static let capacity = 8
    private let state = Mutex(State())

    func put(_ news: News) {
        deliver { state in
            state.isQuiet = false
            if state.isBehind { return nil }
            if state.queue.count == Self.capacity {
                state.queue = []
                state.isBehind = true
            } else {
                state.queue.append(news)
            }
            return state.reader == nil ? nil : state.take()
        }
    }

    /// Says that the store lives, unless something else has said so lately.
    func beat(_ revision: Revision) {
        deliver { state in
            defer { state.isQuiet = true }
            return state.isQuiet && state.reader != nil ? .success(.heartbeat(revision)) : nil
        }
    }

    /// The watcher has to look at history.
    func fallBehind() {
        deliver { state in
            state.queue = []
            state.isBehind = true
            return state.reader == nil ? nil : .success(.behind)
        }
    }

    /// The watcher has read all of history. Called in the store, so that nothing falls between the two.
    func caughtUp() {
        state.withLock { state in
            state.queue = []
            state.isBehind = false
        }
    }

    /// Waits for one. Asked for by one task at a time.
    ///
    /// - Throws: `CancellationError`.
    func next() async throws -> Delivery {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ready = state.withLock { state in
                    let ready = state.take()
                    if ready == nil { state.reader = continuation }
                    return ready
                }
                if let ready { continuation.resume(with: ready) }
            }
        } onCancel: {
            deliver { state in
                state.isCancelled = true
                return state.take()
            }
        }
    }

    private func deliver(_ change: (inout State) -> Result<Delivery, any Error>?) {
        let (reader, delivery) = state.withLock { state in
            let delivery = change(&state)
            defer { if delivery != nil { state.reader = nil } }
            return (state.reader, delivery)
        }
        if let reader, let delivery { reader.resume(with: delivery) }
    }
}
