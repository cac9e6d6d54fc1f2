public import VC3Commands
public import VC3Model

/// A kind of batch system, as far as pilots need one.
///
/// An adapter builds commands and reads replies; it runs nothing and remembers nothing, so every adapter works with
/// every ``CommandRunner`` and is tested with recorded replies.
///
/// Two rules hold for each of them. A job that a reply does not mention is missing, not finished: batch systems
/// forget finished jobs, some at once. And a reply that is not whole is an error, never an empty list.
public protocol BatchSystem: Sendable {
    var flavor: BatchSystemFlavor { get }

    /// The states of its manual.
    var states: NativeStateTable { get }

    /// What it writes when it refuses a job.
    var refusals: RefusalTable { get }

    /// A POSIX shell snippet that submits `job` and prints what ``jobID(fromSubmission:)`` reads.
    ///
    /// It ends with a non-zero status when the batch system refuses. It reads nothing from standard input and leaves
    /// the shell's working directory as it was. Running it twice submits twice, except on `local`: whoever lost a
    /// reply asks ``status(tagPrefix:)`` for the tag first.
    ///
    /// - Precondition: ``BatchRules`` finds no problem with the job's options.
    func submission(of job: PilotJob) -> String

    /// How `jobs` are submitted by one command; `nil` for a system that takes one job at a time, or not these.
    ///
    /// A job array needs jobs that are alike: see ``JobArray``. A reply about its elements gives each its own tag.
    func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission?

    /// The id in the standard output of a submission that ended with status 0.
    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID

    /// Why a submission ended with a non-zero status, and who can mend it.
    func refusal(_ result: CommandResult) -> SubmissionRefusal

    /// One query for all of this account's jobs whose tag starts with `tagPrefix`, in every state the system still
    /// knows, finished ones included.
    func status(tagPrefix: String) -> Command

    /// What the reply to ``status(tagPrefix:)`` says about those jobs.
    ///
    /// - Throws: ``BatchSystemError`` when the reply is not whole or not understood. Then nothing is known.
    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport]

    /// Ends jobs, waiting or running. A job that is already gone is a success, so it can be repeated at will.
    ///
    /// A running pilot is warned first (SIGTERM; SIGUSR2 on Grid Engine) and killed after the site's grace period.
    func cancellation(of jobs: [JobID]) -> Command

    /// A POSIX shell command that clears what the system keeps of one ended job; `$1` is its tag, `$2` its id, which may
    /// be empty. It writes nothing and does no harm to a job that is not there.
    var forgetting: String { get }

    /// What it writes down about jobs that it has forgotten; `nil` for a system that keeps no such books.
    var books: (any JobBooks)? { get }
}

extension BatchSystem {
    public func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? { nil }

    /// Why `job` may not be submitted at all; `nil` when it may.
    public func refusal(of job: PilotJob) -> SubmissionRefusal? {
        let rules = BatchRules.of(flavor)
        let problems = rules.problems(with: job.options) + rules.problems(withSettings: job.settings)
        if problems.isEmpty { return nil }
        return SubmissionRefusal(
            .unsupportedOption, mender: .user, message: problems.map(\.description).joined(separator: "; "))
    }

    public func refusal(_ result: CommandResult) -> SubmissionRefusal { refusals.refusal(result) }

    /// Most systems forget by themselves.
    public var forgetting: String { ":" }

    public var books: (any JobBooks)? { nil }
}
