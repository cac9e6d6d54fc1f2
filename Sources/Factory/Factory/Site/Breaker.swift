/// Keeps a pilot set from wasting pilots: after a failure one canary at a time, with growing pauses, until one proves
/// itself.
struct Breaker: Sendable, Equatable {
    static let firstPause = Duration.seconds(2)
    static let longestPause = Duration.seconds(300)

    private(set) var failures = 0
    private(set) var pausedUntil = Duration.zero

    /// Whether all is well.
    var isClosed: Bool { failures == 0 }

    /// - Parameter now: Since any fixed moment.
    mutating func trip(at now: Duration) {
        failures += 1
        let pause = Self.firstPause * (1 << min(failures - 1, 10))
        pausedUntil = now + min(pause, Self.longestPause)
    }

    mutating func reset() { self = Breaker() }

    /// How many of `number` pilots may be submitted at `now`, while `unproven` pilots have not run for long enough.
    func permitted(_ number: Int, unproven: Int, at now: Duration) -> Int {
        if isClosed { return number }
        return now < pausedUntil || unproven > 0 ? 0 : min(number, 1)
    }
}
