/// How often a place is asked how many jobs wait, and for how long an answer counts.
public struct DemandPace: Sendable, Equatable {
    /// The longest time between two questions.
    public var longest: Duration
    /// An answer that is older counts no more: nothing is known then.
    public var maxAge: Duration

    /// - Parameter maxAge: Less than twice `longest` is taken as twice that, or good answers would lapse between questions.
    public init(longest: Duration = .seconds(150), maxAge: Duration = .seconds(360)) {
        self.longest = longest
        self.maxAge = max(maxAge, longest * 2)
    }

    /// From the end of one question to the next: asking takes at most a twentieth of the time, so that a slow service is
    /// asked rarely and a quick one soon tells of new jobs.
    ///
    /// - Parameters:
    ///   - took: How long the last question took.
    ///   - failures: How many in a row had no answer.
    func pause(after took: Duration, failures: Int) -> Duration {
        var pause = max(.seconds(5), took * 20)
        for _ in 0..<min(failures, 10) { pause *= 2 }
        return min(longest, pause)
    }
}
