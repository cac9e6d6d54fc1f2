public import VC3Commands

/// Slurm (tested: 22.05; https://slurm.schedmd.com/sbatch.html, squeue.html, scancel.html).
///
/// Slurm forgets a finished job after `MinJobAge` (300 s by default).
public struct SlurmBatchSystem: BatchSystem {
    public init() {}

    public var flavor: String { BatchSystemFlavor.slurm.rawValue }

    public func submission(of job: PilotJob) -> String {
        var words = ["sbatch", "--parsable", "--job-name=\(job.tag)", "--nodes=1", "--ntasks=1"]
        words.append("--cpus-per-task=\(max(1, job.cores))")
        // 0 would mean all the memory of a node.
        if job.memoryMB > 0 { words.append("--mem=\(job.memoryMB)") }
        words.append("--time=\((job.walltime.wholeSeconds + 59) / 60)")
        // Slurm would run a pilot whose node failed a second time, as the same job; a pilot runs once.
        words.append("--no-requeue")
        words += ["--output=pilot.out", "--error=pilot.err"]
        if let queue = job.queue { words.append("--partition=\(queue)") }
        words += job.extra + ["pilot.sh"]
        return SiteScript.submission(of: job, finding: "sbatch", RemoteShell.quote(words))
    }

    /// `--parsable` writes `id` or `id;cluster`.
    public func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let line = output.split(whereSeparator: \.isNewline).last(where: { !$0.isEmpty }),
            let id = line.split(separator: ";").first, !id.isEmpty, id.allSatisfy({ $0.isASCII && $0.isNumber })
        else { throw BatchSystemError(.notUnderstood, "sbatch answered no job id: \(SiteScript.excerpt(output))") }
        return JobID(rawValue: String(id))
    }

    /// The name comes last: other jobs of the account may have any name, with `|` in it too.
    public func status(tagPrefix: String) -> Command {
        SiteScript.query(
            finding: "squeue",
            #"LC_ALL=C squeue --user="$(id -un)" --states=all --noheader --format='%i|%T|%r|%N|%j'"#)
    }

    public func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        var reports: [JobReport] = []
        for line in try SiteScript.lines(of: result, "squeue") {
            let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5 else {
                throw BatchSystemError(.notUnderstood, "squeue answered a strange line: \(line.prefix(200))")
            }
            guard fields[4].hasPrefix(tagPrefix) else { continue }
            let reason = fields[2] == "None" || fields[2].isEmpty ? nil : fields[2]
            reports.append(
                JobReport(
                    tag: fields[4], job: JobID(rawValue: fields[0]), state: Self.state(fields[1], reason: reason),
                    nativeState: fields[1], reason: reason, node: fields[3].isEmpty ? nil : fields[3]))
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

    public func refusal(_ result: CommandResult) -> SubmissionRefusal { Self.refusals.refusal(result) }

    // MARK: - Tables

    static func state(_ native: String, reason: String?) -> JobState {
        let state = states[native] ?? .unknown
        if state == .pending, let reason, heldReasons.contains(reason) { return .held }
        return state
    }

    /// https://slurm.schedmd.com/squeue.html, "JOB STATE CODES".
    static let states: [String: JobState] = [
        "PENDING": .pending, "CONFIGURING": .pending, "REQUEUED": .pending, "REQUEUE_FED": .pending,
        "RUNNING": .running, "SUSPENDED": .running, "STOPPED": .running, "RESIZING": .running, "SIGNALING": .running,
        "COMPLETING": .finishing, "STAGE_OUT": .finishing,
        "COMPLETED": .done,
        "FAILED": .failed, "TIMEOUT": .failed, "NODE_FAIL": .failed, "OUT_OF_MEMORY": .failed, "BOOT_FAIL": .failed,
        "DEADLINE": .failed, "PREEMPTED": .failed, "LAUNCH_FAILED": .failed, "RECONFIG_FAIL": .failed,
        "CANCELLED": .cancelled, "REVOKED": .cancelled,
        "REQUEUE_HOLD": .held, "RESV_DEL_HOLD": .held, "SPECIAL_EXIT": .held,
    ]

    /// Reasons (ibid., "JOB REASON CODES") that waiting does not mend.
    static let heldReasons: Set<String> = [
        "JobHeldUser", "JobHeldAdmin", "launch failed requeued held", "job requeued in held state", "BadConstraints",
        "DependencyNeverSatisfied", "InvalidAccount", "InvalidQOS", "PartitionTimeLimit", "PartitionNodeLimit",
    ]

    /// slurm_errno.c, and what sbatch's option parser says.
    static let refusals = RefusalTable(rows: [
        .init(
            texts: ["invalid partition name", "partition specified:", "group not permitted to use this partition"],
            reason: .unknownQueue, mender: .operator),
        .init(texts: ["invalid account", "invalid qos", "invalid wckey"], reason: .invalidAccount, mender: .user),
        .init(
            texts: ["job violates accounting/qos policy", "job submit limit", "maximum job count", "limit reached"],
            reason: .limitReached, mender: .nobody),
        .init(
            texts: [
                "unable to contact slurm controller", "socket timed out", "zero bytes were transmitted",
                "temporarily unable to accept job", "controller in standby", "connection refused",
                "transport endpoint is not connected", "i/o error writing script/environment",
                "required partition not available", "partition is in the process of being",
            ], reason: .unavailable, mender: .nobody),
        .init(
            texts: [
                "requested node configuration is not available", "requested time limit is invalid",
                "more processors requested than permitted", "memory required by task is not available",
                "memory specification can not be satisfied", "node count specification invalid",
                "requested partition configuration not available",
            ], reason: .impossibleRequest, mender: .user),
        .init(texts: ["unable to open file"], reason: .missingFile, mender: .user),
        .init(
            texts: [
                "unrecognized option", "invalid option", "sbatch: error: invalid", "requires an argument",
                "does not look like a batch script",
            ],
            reason: .badOption, mender: .operator),
    ])
}
