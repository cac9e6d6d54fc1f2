import HummingbirdCore
import NIOCore
import Synchronization

/// A connection that was accepted, until somebody takes it over.
///
/// A server that ends drops what it has accepted and did not come to. A dropped `NIOAsyncChannel` ends the whole process
/// (https://github.com/apple/swift-nio/issues/2813); this is closed instead.
public final class AcceptedConnection: Sendable {
    private let channel: HTTP1Channel.Value
    private let isTaken = Atomic(false)

    init(_ channel: HTTP1Channel.Value) { self.channel = channel }

    /// Whoever calls this sees to it that the connection is handled.
    func take() -> HTTP1Channel.Value {
        isTaken.store(true, ordering: .sequentiallyConsistent)
        return channel
    }

    deinit {
        if isTaken.load(ordering: .sequentiallyConsistent) { return }
        // There is no task left whose child this could be.
        Task { [channel] in try? await channel.executeThenClose { _, _ in } }
    }
}
