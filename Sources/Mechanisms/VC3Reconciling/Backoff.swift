/// Delays that double from `first` up to `most`, each shortened by up to half at random so that many do not retry at once.
public struct Backoff: Sendable {
    public var first: Duration
    public var most: Duration

    public init(first: Duration = .milliseconds(100), most: Duration = .seconds(60)) {
        self.first = first
        self.most = most
    }

    /// The delay before try number `attempt` (1 is the first repetition).
    ///
    /// - Parameter jitter: From 0 to 1, usually random.
    public func delay(attempt: Int, jitter: Double = .random(in: 0...1)) -> Duration {
        var delay = first
        for _ in 1..<max(attempt, 1) {
            delay *= 2
            if delay >= most { break }
        }
        return min(delay, most) * (1 - jitter / 2)
    }
}
