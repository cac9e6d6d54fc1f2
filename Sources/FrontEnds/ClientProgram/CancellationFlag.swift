import Synchronization

/// Tells a thread that waits to stop waiting.
final class CancellationFlag: Sendable {
    private let raised = Mutex(false)

    var isRaised: Bool { raised.withLock { $0 } }
    func raise() { raised.withLock { $0 = true } }
}
