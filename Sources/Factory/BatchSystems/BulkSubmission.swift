/// Several jobs, each with a tag of its own, that one command submits: a site's scheduler then sees them together, and
/// its login node runs one command instead of many.
public struct BulkSubmission: Sendable, Equatable {
    /// What the command reads about each job, in the order of the jobs. Any of them can be left out.
    public var descriptions: [String]

    /// A POSIX shell snippet that reads descriptions from standard input, one after the other, and submits those jobs,
    /// all or none. It prints one line for each, in the same order: what ``BatchSystem/jobID(fromSubmission:)`` reads.
    ///
    /// It ends with a non-zero status when the batch system refuses, and leaves the working directory as it was.
    public var command: String

    public init(descriptions: [String], command: String) {
        self.descriptions = descriptions
        self.command = command
    }
}
