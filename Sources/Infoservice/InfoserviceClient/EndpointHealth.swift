import Synchronization

/// Which of several endpoints to ask: the one that answered last, until it fails; one that failed is left alone for a
/// growing while, unless all did.
final class EndpointHealth: Sendable {
    private struct State {
        var preferred = 0
        /// By endpoint: failures in a row, and until when it is left alone.
        var failures: [(count: Int, until: ContinuousClock.Instant)]
    }

    private let state: Mutex<State>

    init(count: Int, now: ContinuousClock.Instant = .now) {
        state = Mutex(State(failures: Array(repeating: (0, now), count: count)))
    }

    /// The endpoint for the next attempt.
    func choice(at now: ContinuousClock.Instant = .now) -> Int {
        state.withLock { state in
            let order = state.failures.indices.map { (state.preferred + $0) % state.failures.count }
            if let well = order.first(where: { state.failures[$0].count == 0 || state.failures[$0].until <= now }) {
                return well
            }
            return order.min { state.failures[$0].until < state.failures[$1].until } ?? 0
        }
    }

    func succeeded(_ index: Int) {
        state.withLock { state in
            state.failures[index].count = 0
            state.preferred = index
        }
    }

    func failed(_ index: Int, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.failures[index].count += 1
            let pause = Duration.milliseconds(500) * (1 << min(state.failures[index].count - 1, 6))
            state.failures[index].until = now + min(pause, .seconds(30))
        }
    }

    /// Whether an endpoint is there that is not being left alone.
    func hasWell(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { $0.failures.contains { $0.count == 0 || $0.until <= now } }
    }
}
