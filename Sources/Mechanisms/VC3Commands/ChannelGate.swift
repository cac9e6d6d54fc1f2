import Synchronization

/// Lets a bounded number of tasks through at a time, first come, first served.
final class ChannelGate: Sendable {
    enum Entry: Sendable { case entered, timedOut, cancelled }

    private struct State {
        var limit: Int
        var inside = 0
        var arrivals: UInt64 = 0
        /// Tickets between being drawn and being queued, where a cancellation may overtake them.
        var arriving: Set<UInt64> = []
        var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }
    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(limit: max(1, limit)))
    }

    var limit: Int { state.withLock { $0.limit } }

    /// Waits for a place. After ``Entry/entered``, and only then, the caller owes a ``leave()``.
    func enter(within timeout: Duration) async -> Entry {
        // The usual case costs no task.
        let free = state.withLock { state in
            guard state.inside < state.limit, state.waiting.isEmpty else { return false }
            state.inside += 1
            return true
        }
        if free { return .entered }
        return await withTaskGroup(of: Entry.self, returning: Entry.self) { group in
            group.addTask { await self.queue() ? .entered : .cancelled }
            group.addTask { ((try? await Task.sleep(for: timeout)) == nil) ? .cancelled : .timedOut }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            let second = await group.next() ?? .cancelled
            // A place may have been given while the time ran out: it must be taken, or it is lost.
            return second == .entered ? .entered : first
        }
    }

    func leave() {
        state.withLock { state in
            state.inside -= 1
            Self.admit(&state)
        }
    }

    /// Lets fewer through from now on; whoever is inside stays.
    func lower(to limit: Int) {
        state.withLock { $0.limit = max(1, min($0.limit, limit)) }
    }

    /// Lets so many through again.
    func restore(to limit: Int) {
        state.withLock { state in
            state.limit = max(1, limit)
            Self.admit(&state)
        }
    }

    private func queue() async -> Bool {
        let ticket = state.withLock { state in
            state.arrivals += 1
            state.arriving.insert(state.arrivals)
            return state.arrivals
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    guard state.arriving.remove(ticket) != nil else { return continuation.resume(returning: false) }
                    state.waiting.append((ticket, continuation))
                    Self.admit(&state)
                }
            }
        } onCancel: {
            state.withLock { state in
                if state.arriving.remove(ticket) != nil { return }
                if let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) {
                    state.waiting.remove(at: index).continuation.resume(returning: false)
                }
            }
        }
    }

    private static func admit(_ state: inout State) {
        while state.inside < state.limit, !state.waiting.isEmpty {
            state.inside += 1
            state.waiting.removeFirst().continuation.resume(returning: true)
        }
    }
}
