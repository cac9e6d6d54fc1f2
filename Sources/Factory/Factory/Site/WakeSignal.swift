import Synchronization

/// Wakes one waiting task. A signal that comes while nobody waits ends the next wait at once.
final class WakeSignal: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func signal() {
        let waiter = state.withLock { state in
            let waiter = state.waiter
            state.waiter = nil
            state.isSet = waiter == nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at a signal, after `limit`, or when the task is cancelled.
    func wait(atMost limit: Duration?) async {
        await withTaskGroup(of: Void.self) { group in
            if let limit { group.addTask { try? await Task.sleep(for: limit) } }
            group.addTask { await self.untilSignalled() }
            await group.next()
            group.cancelAll()
        }
    }

    private func untilSignalled() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    let isOver = state.isSet || Task.isCancelled
                    state.isSet = false
                    if !isOver { state.waiter = continuation }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
