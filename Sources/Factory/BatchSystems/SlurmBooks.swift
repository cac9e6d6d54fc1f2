public import VC3Commands

/// Slurm's accounting (https://slurm.schedmd.com/sacct.html). Sites may keep none; `sacct` says so and ends with 1.
public struct SlurmBooks: JobBooks {
    public init() {}

    public func question(about jobs: [JobID]) -> Command {
        SiteScript.query(
            finding: "sacct",
            "LC_ALL=C sacct --noheader --parsable2 --allocations --format=JobID,State,ExitCode,NodeList,JobName "
                + "--jobs=" + RemoteShell.quote(jobs.map(\.rawValue).joined(separator: ",")))
    }

    public func reports(from result: CommandResult) throws(BatchSystemError) -> [JobReport] {
        var reports: [JobReport] = []
        for line in try SiteScript.lines(of: result, "sacct") {
            let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
            // Who cancelled it follows: "CANCELLED by 1000".
            guard fields.count == 5, let word = fields[1].split(separator: " ").first.map(String.init) else {
                throw BatchSystemError(.notUnderstood, "sacct answered a strange line: \(line.prefix(200))")
            }
            let state = SlurmBatchSystem().state(word, reason: nil)
            guard state.isFinal else { continue }
            // `code:signal`
            let numbers = fields[2].split(separator: ":").compactMap { Int32($0) }
            let signal = numbers.count > 1 && numbers[1] != 0 ? numbers[1] : nil
            reports.append(
                JobReport(
                    tag: SlurmBatchSystem.tag(fields[4], job: fields[0]), job: JobID(rawValue: fields[0]), state: state,
                    nativeState: word,
                    reason: fields[1] == word ? nil : fields[1], exitCode: signal.map { 128 + $0 } ?? numbers.first,
                    node: fields[3].isEmpty || fields[3] == "None assigned" ? nil : fields[3]))
        }
        return reports
    }
}
