public import VC3Commands

/// What a batch system writes when it refuses a job, and what that means: one value for adapters, tests and documentation.
public struct RefusalTable: Sendable {
    public struct Row: Sendable {
        /// Any of these, in any case, written here in lower case.
        let texts: [String]
        let reason: SubmissionRefusal.Reason
        let mender: SubmissionRefusal.Mender
    }
    /// The first that occurs decides.
    let rows: [Row]

    public init(rows: [Row]) { self.rows = rows }

    /// Texts that come from the shell and the system, whatever the batch system.
    static let system: [Row] = [
        Row(
            texts: ["disk quota exceeded", "no space left on device", "file system is full"], reason: .diskFull,
            mender: .user),
        Row(
            texts: ["no such file or directory", "permission denied", "can't cd to", "not a directory"],
            reason: .missingFile, mender: .user),
        Row(
            texts: [
                "cannot fork", "resource temporarily unavailable", "too many open files", "cannot allocate memory",
            ],
            reason: .unavailable, mender: .nobody),
    ]

    public func refusal(_ result: CommandResult) -> SubmissionRefusal {
        let said = result.errorOutput + "\n" + result.output
        let words = SiteScript.excerpt(said)
        let text = said.lowercased()
        // A shell that finds no such program says so with this code (POSIX 2.8.2).
        if result.status == .exited(127) { return SubmissionRefusal(.notInstalled, mender: .operator, message: words) }
        for row in rows + Self.system where row.texts.contains(where: { text.contains($0) }) {
            return SubmissionRefusal(row.reason, mender: row.mender, message: words)
        }
        return SubmissionRefusal(.other, mender: .operator, message: words)
    }
}
