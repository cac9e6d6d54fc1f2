/// How long a host is left in peace after a failed login.
struct SSHBackoff: Sendable {
    private let limits: SSHLimits
    private var failures = 0
    private var last: (error: CommandError, until: ContinuousClock.Instant)?

    init(_ limits: SSHLimits) {
        self.limits = limits
    }

    /// The failure that still counts, saying how long.
    func failure(at now: ContinuousClock.Instant) -> CommandError? {
        guard let last, now < last.until else { return nil }
        return CommandError(last.error.reason, last.error.message, retryAfter: now.duration(to: last.until))
    }

    mutating func succeeded() {
        failures = 0
        last = nil
    }

    mutating func failed(_ error: CommandError, at now: ContinuousClock.Instant) -> CommandError {
        let first: Duration =
            switch error.reason {
            // Repeating a refused login changes nothing, and hosts lock out whoever knocks too often.
            case .authenticationRefused, .accountRefused, .hostKeyChanged: limits.refusedBackoff
            default: limits.firstBackoff
            }
        let pause = min(first * (1 << min(failures, 12)), limits.longestBackoff) * Double.random(in: 0.8...1)
        failures += 1
        last = (error, now + pause)
        return CommandError(error.reason, error.message, retryAfter: pause)
    }
}
