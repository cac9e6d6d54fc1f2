public import VC3Commands

/// A schedd's history, through condor_history.
public struct HTCondorBooks: JobBooks {
    private let queue: HTCondorBatchSystem

    public init(_ queue: HTCondorBatchSystem = HTCondorBatchSystem()) { self.queue = queue }

    /// The same attributes as the queue's; the history may be long, so it is read only as far back as needed.
    public func question(about jobs: [JobID]) -> Command {
        SiteScript.query(
            finding: "condor_history",
            RemoteShell.quote(
                [
                    "condor_history", "-json", "-attributes", HTCondorBatchSystem.attributes.joined(separator: ","),
                    "-limit",
                ]
                    + [String(jobs.count)] + jobs.map(\.rawValue)))
    }

    public func reports(from result: CommandResult) throws(BatchSystemError) -> [JobReport] {
        try queue.reports(from: result, tagPrefix: "").filter(\.state.isFinal)
    }
}
