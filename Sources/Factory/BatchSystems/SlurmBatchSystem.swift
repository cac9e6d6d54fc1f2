public import VC3Commands
public import VC3Model

/// Slurm (tested: 22.05 and 24.11; https://slurm.schedmd.com/sbatch.html, squeue.html, scancel.html).
///
/// Slurm forgets a finished job after `MinJobAge` (300 s by default).
public struct SlurmBatchSystem: BatchSystem {
    public init() {}

    public var flavor: BatchSystemFlavor { .slurm }

    public func submission(of job: PilotJob) -> String {
        let words = ["sbatch", "--parsable", "--job-name=\(job.tag)", "--output=pilot.out", "--error=pilot.err"]
        return SiteScript.submission(
            of: job, finding: "sbatch", RemoteShell.quote(words + Self.requests(of: job) + ["pilot.sh"]))
    }

    /// Indices go up to `MaxArraySize` - 1, by default 1000.
    public func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        guard let array = JobArray(jobs) else { return nil }
        let words = ["sbatch", "--parsable", "--job-name=\(array.name)", "--output=/dev/null", "--error=/dev/null"]
        return array.submission(
            finding: "sbatch", variable: "SLURM_ARRAY_TASK_ID",
            submitting: """
                said=$(\(RemoteShell.quote(words + Self.requests(of: array.model))) \
                --array="$(echo "$ranges" | tr ' ' ,)" array.job </dev/null) || exit
                id=$(printf '%s\\n' "$said" | sed -n '$s/^\\([0-9][0-9]*\\)\\(;.*\\)\\{0,1\\}$/\\1/p')
                [ -n "$id" ] || exit 0
                for range in $ranges; do arrays="$arrays $id:${range%-*}:${range#*-}"; done
                """, element: #""${id}_$number""#)
    }

    /// What it needs of the cluster.
    private static func requests(of job: PilotJob) -> [String] {
        let options = job.options
        var words = ["--nodes=1", "--ntasks=1", "--cpus-per-task=\(max(1, job.cores))"]
        if options.wholenode == true {
            // 0 is all the memory of a node.
            words += ["--exclusive", "--mem=0"]
        } else if job.memoryMB > 0 {
            words.append("--mem=\(job.memoryMB)")
        }
        words.append("--time=\((job.walltime.wholeSeconds + 59) / 60)")
        // Slurm would run a pilot whose node failed a second time, as the same job; a pilot runs once.
        words.append("--no-requeue")
        let named = [
            ("partition", options.queue), ("account", options.account), ("qos", options.qos),
            ("reservation", options.reservation), ("constraint", options.constraint),
        ]
        words += named.compactMap { name, value in value.map { "--\(name)=\($0)" } }
        // The user's own --exclude, among the directives, comes later and wins.
        if !job.avoiding.isEmpty { words.append("--exclude=\(job.avoiding.joined(separator: ","))") }
        if let gpus = options.gpus, gpus > 0 { words.append("--gres=gpu:\(gpus)") }
        return words + job.directives
    }

    /// `--parsable` writes `id` or `id;cluster`.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last(where: { !$0.isEmpty }),
            let id = line.split(separator: ";").first, Self.isID(id)
        else { throw BatchSystemError(.notUnderstood, "sbatch answered no job id: \(SiteScript.excerpt(output))") }
        return JobID(rawValue: String(id))
    }

    /// A number, or that of an array and its element's.
    private static func isID(_ text: Substring) -> Bool {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    /// The tag of the job `id`, which has this name: an element of an array has its number.
    static func tag(_ name: String, job id: String) -> String {
        id.split(separator: "_").dropFirst().last.map { "\(name).\($0)" } ?? name
    }

    /// The name comes last: other jobs of the account may have any name, with `|` in it too. `--array`: an element a line.
    public func status(tagPrefix: String) -> Command {
        SiteScript.query(
            finding: "squeue",
            #"LC_ALL=C squeue --user="$(id -un)" --states=all --array --noheader --format='%i|%T|%r|%N|%j'"#)
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        var reports: [JobReport] = []
        for line in try SiteScript.lines(of: result, "squeue") {
            let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5 else {
                throw BatchSystemError(.notUnderstood, "squeue answered a strange line: \(line.prefix(200))")
            }
            guard fields[4].hasPrefix(tagPrefix) else { continue }
            guard Self.isID(fields[0][...]) else {
                throw BatchSystemError(.notUnderstood, "squeue answered a strange job id: \(fields[0].prefix(200))")
            }
            let reason = fields[2] == "None" || fields[2].isEmpty ? nil : fields[2]
            let state = state(fields[1], reason: reason)
            reports.append(
                JobReport(
                    tag: Self.tag(fields[4], job: fields[0]), job: JobID(rawValue: fields[0]), state: state,
                    nativeState: fields[1], reason: reason, node: fields[3].isEmpty ? nil : fields[3],
                    isOverQuota: state == .pending && Self.isQuota(reason ?? "")))
        }
        return reports
    }

    /// scancel sends SIGTERM to the script and its children, and SIGKILL `KillWait` seconds later (30 by default).
    public func cancellation(of jobs: [JobID]) -> Command {
        SiteScript.cancellation(
            of: jobs, finding: "scancel", by: "scancel",
            harmless: ["Invalid job id specified", "already completing or completed"])
    }

    public var books: (any JobBooks)? { SlurmBooks() }
}
