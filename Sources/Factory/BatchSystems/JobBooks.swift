public import VC3Commands

/// What a batch system writes down about jobs that its queue has forgotten: the second source about how a job ended.
public protocol JobBooks: Sendable {
    /// One question about several jobs.
    func question(about jobs: [JobID]) -> Command

    /// Those of the jobs that the answer calls ended. A job that it does not mention stays unknown.
    ///
    /// - Throws: ``BatchSystemError`` when the books are not kept, shut or not understood.
    func reports(from result: CommandResult) throws(BatchSystemError) -> [JobReport]
}
