import Synchronization

/// The writes that wait for the next commit, and whether one is under way.
final class Inbox: Sendable {
    private struct State {
        var writes: [PendingWrite] = []
        var isBusy = false
    }

    private let state = Mutex(State())

    /// - Returns: Whether the store was at rest, and the caller has to start the commit.
    func put(_ write: PendingWrite) -> Bool {
        state.withLock { state in
            state.writes.append(write)
            defer { state.isBusy = true }
            return !state.isBusy
        }
    }

    /// - Returns: All that wait; `nil` when there is none.
    func take() -> [PendingWrite]? {
        state.withLock { state in
            if state.writes.isEmpty { return nil }
            defer { state.writes = [] }
            return state.writes
        }
    }

    /// - Returns: Whether the store was at rest; it is the caller's now.
    func begin() -> Bool {
        state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
    }

    /// Lets the store rest, unless writes wait.
    ///
    /// - Returns: Whether it rests; if not, the caller has to start the commit.
    func rest() -> Bool {
        state.withLock { state in
            state.isBusy = !state.writes.isEmpty
            return !state.isBusy
        }
    }
}
