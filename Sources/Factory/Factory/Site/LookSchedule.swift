/// When to look at a site next: soon after something changed, ever later while nothing does.
struct LookSchedule: Sendable {
    /// From the last change to the first look, and so on.
    var steps: [Duration] = [.seconds(1), .seconds(1), .seconds(2), .seconds(4), .seconds(8)]
    /// While pilots wait in the queue and nothing changes.
    var waiting = Duration.seconds(15)
    /// While all run and nothing changes.
    var resting = Duration.seconds(30)
    /// While pilots tell themselves what happens to them.
    var quiet = Duration.seconds(60)

    private var step = 0

    /// Something was done or has changed: the next look comes soon.
    mutating func wake() { step = 0 }

    /// The time from this look to the next.
    mutating func next(isWaiting: Bool, isQuiet: Bool = false) -> Duration {
        if isQuiet { return quiet }
        defer { step += 1 }
        return step < steps.count ? steps[step] : isWaiting ? waiting : resting
    }
}
