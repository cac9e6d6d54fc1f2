/// What words of a batch system mean, where an administrator knows better than its ``BatchSystem/states``.
public struct StateMapping: Sendable, Equatable {
    /// The words of AutoPyFactory's `mappings.conf`, and `held`.
    public enum Meaning: String, Sendable, CaseIterable {
        case pending, running, done, held
    }

    /// By the word as the batch system writes it.
    public var meanings: [String: Meaning]

    public init(_ meanings: [String: Meaning] = [:]) { self.meanings = meanings }

    /// The report with the state that its word has here.
    ///
    /// A meaning is coarser than a state: one that agrees with what is known anyway, such as `done` of a job that failed,
    /// changes nothing. A job that is there and counts as done is treated as one that the batch system does not know any more:
    /// it is cancelled, and never only forgotten.
    public func applied(_ report: JobReport) -> JobReport {
        guard let meaning = meanings[report.nativeState] else { return report }
        var report = report
        switch (meaning, report.state) {
        case (.pending, .pending), (.pending, .held), (.running, .running), (.running, .finishing),
            (.done, .done), (.done, .failed), (.done, .cancelled), (.done, .vanished):
            break
        case (.pending, _): report.state = .pending
        case (.running, _): report.state = .running
        case (.held, _): report.state = .held
        case (.done, _): report.state = .vanished
        }
        return report
    }
}
