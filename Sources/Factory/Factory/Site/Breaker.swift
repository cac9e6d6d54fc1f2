/// Keeps a pilot set from wasting pilots: before one has shown that the site is well, and after a failure, few are tried,
/// with growing pauses, until one proves itself.
struct Breaker: Sendable, Equatable {
    /// What went wrong. Only a pilot that fails on a node has wasted somebody's time there.
    enum Trip: Sendable {
        case submission, pilot
    }

    static let firstPause = Duration.seconds(2)
    static let longestPause = Duration.seconds(300)
    /// After the first failure of a pilot, after the second, and so on; then ``longestPause``.
    static let pilotPauses: [Duration] = [.seconds(2), .seconds(20), .seconds(60), .seconds(180)]

    private(set) var failures = 0
    private(set) var pausedUntil = Duration.zero

    /// Whether nothing has failed since all was well.
    var isClosed: Bool { failures == 0 }

    /// - Parameters:
    ///   - now: Since any fixed moment.
    ///   - isProven: Whether pilots like these were well before: then the first failure may be one pilot's bad luck.
    mutating func trip(_ trip: Trip, isProven: Bool = true, at now: Duration) {
        failures += 1
        switch trip {
        case .submission:
            pausedUntil = now + min(Self.firstPause * (1 << min(failures - 1, 10)), Self.longestPause)
        case .pilot:
            let index = failures - (isProven ? 1 : 0)
            pausedUntil = now + (index < Self.pilotPauses.count ? Self.pilotPauses[index] : Self.longestPause)
        }
    }

    mutating func reset() { self = Breaker() }

    /// How many of `number` pilots may be submitted at `now`, while `unproven` pilots have not shown that they are well.
    ///
    /// - Parameter canaries: How many may be tried at a time before one was well; `nil` once one was.
    func permitted(_ number: Int, unproven: Int, canaries: Int? = nil, at now: Duration) -> Int {
        if isClosed { return canaries.map { min(number, max(0, $0 - unproven)) } ?? number }
        return now < pausedUntil || unproven > 0 ? 0 : min(number, 1)
    }
}
