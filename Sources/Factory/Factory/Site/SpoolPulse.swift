import Synchronization

/// When the far end of a spool folder was last heard.
final class SpoolPulse: Sendable {
    private let last = Mutex<Duration?>(nil)

    /// `nil` while nobody is there.
    var lastHeard: Duration? { last.withLock { $0 } }

    /// - Returns: Whether that is news: it has come, or gone.
    func note(_ isThere: Bool, at now: Duration) -> Bool {
        last.withLock { last in
            defer { last = isThere ? now : nil }
            return (last != nil) != isThere
        }
    }
}
