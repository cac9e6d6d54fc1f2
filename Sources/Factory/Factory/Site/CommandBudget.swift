/// How many commands a site has been asked to run lately, and when the next one may be.
///
/// A token bucket: it holds a burst for the quick steps after a change, and refills at the permitted rate.
struct CommandBudget: Sendable {
    var perMinute: Double
    var burst: Double
    private var level: Double
    private var asOf: Duration = .zero

    init(perMinute: Int, burst: Int) {
        self.perMinute = Double(perMinute)
        self.burst = Double(burst)
        level = Double(burst)
    }

    /// Counts one command at `now`; the budget may become negative, for steps that must not wait.
    mutating func spend(at now: Duration) {
        refill(now)
        level -= 1
    }

    /// Commands that are covered at `now`; negative when the budget is overdrawn.
    mutating func left(at now: Duration) -> Double {
        refill(now)
        return level
    }

    /// How long to wait until a command is covered.
    mutating func wait(at now: Duration) -> Duration {
        refill(now)
        return level >= 1 ? .zero : .seconds((1 - level) * 60 / perMinute)
    }

    private mutating func refill(_ now: Duration) {
        let seconds = (now - asOf) / .seconds(1)
        asOf = now
        level = min(burst, level + seconds * perMinute / 60)
    }
}
