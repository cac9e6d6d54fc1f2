public import VC3Commands

/// Grid Engine's accounting file, through qacct(1). It is written some seconds after a job's end.
public struct GridEngineBooks: JobBooks {
    public init() {}

    /// qacct takes one job at a time, and ends with 1 for one that is not in the file yet.
    public func question(about jobs: [JobID]) -> Command {
        SiteScript.query(
            finding: "qacct",
            """
            command -v qacct >/dev/null || exit 127
            for job in \(RemoteShell.quote(jobs.map(\.rawValue))); do
                case $job in
                *.*) LC_ALL=C qacct -j "${job%%.*}" -t "${job#*.}" 2>/dev/null </dev/null ;;
                *) LC_ALL=C qacct -j "$job" 2>/dev/null </dev/null ;;
                esac
            done
            true
            """)
    }

    public func reports(from result: CommandResult) throws(BatchSystemError) -> [JobReport] {
        var reports: [JobReport] = []
        var fields: [Substring: String] = [:]
        for line in try SiteScript.lines(of: result, "qacct") + ["="] {
            // A line of `=` begins each record.
            if line.hasPrefix("=") {
                if let report = Self.report(fields) { reports.append(report) }
                fields = [:]
            } else if let name = line.split(separator: " ").first {
                let value = line.dropFirst(name.count).split(separator: " ").joined(separator: " ")
                fields[name] = value
            }
        }
        return reports
    }

    /// accounting(5): `failed` is 0 or the number, and the text, of what went wrong; `exit_status` is 128 + the signal
    /// of a job that a signal ended.
    private static func report(_ fields: [Substring: String]) -> JobReport? {
        guard let job = fields["jobnumber"], let name = fields["jobname"],
            let failed = fields["failed"]?.split(separator: ":", maxSplits: 1).map(String.init),
            let number = failed.first
        else { return nil }
        // An element of an array has its number there, any other job "undefined".
        let task = fields["taskid"].flatMap { Int($0) }
        let words = number.split(separator: " ")
        let code = fields["exit_status"]?.split(separator: " ").first.flatMap { Int32($0) }
        let isWell = words.first == "0" && code == 0
        let reason = failed.count > 1 ? failed[1].split(separator: " ").joined(separator: " ") : nil
        return JobReport(
            tag: task.map { JobArray.tag(name, $0) } ?? name,
            job: JobID(rawValue: task.map { "\(job).\($0)" } ?? job), state: isWell ? .done : .failed,
            nativeState: "failed \(words.first ?? "0")", reason: reason, exitCode: code, node: fields["hostname"])
    }
}
