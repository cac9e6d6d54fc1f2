import Synchronization
import VC3Model

/// A write whose result is awaited.
final class PendingWrite: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<EntityRecord, any Error>)
        case settled(Result<EntityRecord, any Error>)
    }

    let mutation: Mutation
    private let state = Mutex(State.open)

    init(_ mutation: Mutation) { self.mutation = mutation }

    /// Read once.
    var value: EntityRecord {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<EntityRecord, any Error>? = state.withLock { state in
                    if case .settled(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        }
    }

    func settle(_ result: Result<EntityRecord, any Error>) {
        let waiting: CheckedContinuation<EntityRecord, any Error>? = state.withLock { state in
            if case .awaited(let continuation) = state { return continuation }
            state = .settled(result)
            return nil
        }
        waiting?.resume(with: result)
    }
}
