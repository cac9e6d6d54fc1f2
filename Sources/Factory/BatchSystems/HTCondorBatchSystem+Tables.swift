extension HTCondorBatchSystem {
    public var states: NativeStateTable { Self.table }

    private static let table = NativeStateTable(
        manual: "https://htcondor.readthedocs.io, ClassAd Attributes, Job ClassAd Attributes, JobStatus",
        reading:
            "3 is failed when the job's own periodic_remove removed it: it ran into its walltime or lost its machine.",
        [
            .init("1", .pending, "idle"),
            .init("2", .running, "running"),
            .init("3", .cancelled, "removed"),
            .init("4", .byExitCode, "completed"),
            .init("5", .held, "held"),
            .init("6", .finishing, "transferring output"),
            .init("7", .running, "suspended"),
        ])

    /// What the negotiator says of a job whose submitter or group has its share, or all of a concurrency limit.
    static func isQuota(_ reason: String) -> Bool {
        reason.contains("submitter limit exceeded") || reason.contains("concurrency limit")
    }

    public var refusals: RefusalTable { Self.refused }

    /// What condor_submit and the schedd say.
    private static let refused = RefusalTable(rows: [
        .init(
            texts: [
                "max_jobs_per_owner", "max_jobs_submitted", "max_jobs_per_submission",
                "number of submitted jobs would exceed",
            ], reason: .limitReached, mender: .nobody),
        .init(
            texts: [
                "can't find address of local schedd", "failed to connect to", "can't connect to", "unable to connect",
                "failed to commit job submission", "can't locate", "failed to fetch ads",
            ], reason: .unavailable, mender: .nobody),
        .init(
            texts: [
                "authenticate:", "cannot allocate a cluster id", "authorization failed", "invalid accounting_group",
            ],
            reason: .invalidAccount, mender: .user),
        .init(texts: ["does not exist", "no such directory", "can't open"], reason: .missingFile, mender: .user),
        .init(
            texts: ["parse error", "unknown command", "on line", "invalid", "submit_requirement"], reason: .badOption,
            mender: .operator),
    ])
}
