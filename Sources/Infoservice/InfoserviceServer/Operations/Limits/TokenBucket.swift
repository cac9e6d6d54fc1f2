import Synchronization

/// A rate with a burst: the generic cell rate algorithm (ITU-T I.371), which keeps one time and needs no lock.
final class TokenBucket: Sendable {
    private let nanosecondsEach: Int64
    private let tolerance: Int64
    /// When the bucket will be full, in nanoseconds of the caller's clock.
    private let full: Atomic<Int64>

    init(_ rate: Rate) {
        nanosecondsEach = 1_000_000_000 / Int64(max(rate.perSecond, 1))
        tolerance = nanosecondsEach * Int64(max(rate.burst, 1))
        full = Atomic(.min / 2)
    }

    /// Takes one token.
    ///
    /// - Parameter now: In nanoseconds; the clock never goes back.
    /// - Returns: For how long the caller has to wait instead; `nil` when it got the token.
    func take(at now: Int64) -> Duration? {
        var known = full.load(ordering: .relaxed)
        while true {
            let next = max(known, now) + nanosecondsEach
            if next - now > tolerance { return .nanoseconds(next - now - tolerance) }
            let (isDone, seen) = full.compareExchange(expected: known, desired: next, ordering: .relaxed)
            if isDone { return nil }
            known = seen
        }
    }

    /// Whether it makes no difference to a new one.
    func isFull(at now: Int64) -> Bool { full.load(ordering: .relaxed) <= now }
}
