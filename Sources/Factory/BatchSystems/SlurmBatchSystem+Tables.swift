extension SlurmBatchSystem {
    func state(_ native: String, reason: String?) -> JobState {
        let state = states.state(of: native)
        if state == .pending, let reason, Self.mustBeMended(reason) { return .held }
        return state
    }

    /// A limit on each job alone, of a quality of service or an account, has such a reason: `QOSMaxWallDurationPerJobLimit`.
    private static func mustBeMended(_ reason: String) -> Bool {
        heldReasons.contains(reason) || reason.contains("PerJob")
    }

    /// A limit on all that an association or a quality of service uses at once, or ever ("JOB REASON CODES" of squeue(1)).
    static func isQuota(_ reason: String) -> Bool {
        if olderQuotas.contains(reason) { return true }
        let ofOneJob = reason.contains("PerJob") || reason.contains("PerNode")
        return !ofOneJob && ["AssocGrp", "AssocMax", "QOSGrp", "QOSMax"].contains { reason.hasPrefix($0) }
    }

    /// What Slurm said before it had a word for each limit.
    private static let olderQuotas: Set<String> = [
        "AssociationJobLimit", "AssociationResourceLimit", "AssociationTimeLimit", "QOSJobLimit", "QOSResourceLimit",
        "QOSTimeLimit", "QOSUsageThreshold",
    ]

    /// Reasons (ibid., "JOB REASON CODES") that waiting does not mend.
    static let heldReasons: Set<String> = [
        "JobHeldUser", "JobHeldAdmin", "launch failed requeued held", "job requeued in held state", "BadConstraints",
        "DependencyNeverSatisfied", "InvalidAccount", "InvalidQOS", "PartitionTimeLimit", "PartitionNodeLimit",
    ]

    public var states: NativeStateTable { Self.table }

    /// The page of 22.05, and what those of 23.02 to 25.05 add to it.
    private static let table = NativeStateTable(
        manual: "squeue(1), JOB STATE CODES, https://slurm.schedmd.com/squeue.html and job_state_codes.html",
        reading: "PENDING with a reason that waiting does not mend is held: "
            + heldReasons.sorted().map { "`\($0)`" }.joined(separator: ", ") + ", and any with `PerJob` in it",
        [
            .init("BOOT_FAIL", .failed, "ended: its node failed to boot"),
            .init("CANCELLED", .cancelled, "cancelled by the user or an administrator"),
            .init("COMPLETED", .done, "ended with exit code 0"),
            .init("COMPLETING", .finishing, "ending; some of its processes may be there yet"),
            .init("CONFIGURING", .pending, "has its nodes and waits until they are ready"),
            .init("DEADLINE", .failed, "ended at its deadline"),
            .init("EXPEDITING", .pending, "of another job of higher importance, being prepared"),
            .init("FAILED", .failed, "ended with another exit code or another failure"),
            .init("LAUNCH_FAILED", .failed, "could not be launched on its node"),
            .init("NODE_FAIL", .failed, "ended: one of its nodes failed"),
            .init("OUT_OF_MEMORY", .failed, "ended: out of memory"),
            .init("PENDING", .pending, "waits for its nodes"),
            .init("POWER_UP_NODE", .pending, "has nodes that are being switched on"),
            .init("PREEMPTED", .failed, "ended for another job"),
            .init("RECONFIG_FAIL", .failed, "the configuration of its node failed"),
            .init("REQUEUED", .pending, "is being put back into the queue"),
            .init("REQUEUE_FED", .pending, "is put back into the queue by a federation"),
            .init("REQUEUE_HOLD", .held, "was put back into the queue and held"),
            .init("RESIZING", .running, "is about to change its size"),
            .init("RESV_DEL_HOLD", .held, "is held since its reservation was deleted"),
            .init("REVOKED", .cancelled, "another cluster of the federation runs it"),
            .init("RUNNING", .running, "has its nodes"),
            .init("SIGNALING", .running, "is being signalled"),
            .init("SPECIAL_EXIT", .held, "was put back into the queue for a special exit code, and held"),
            .init("STAGE_OUT", .finishing, "brings files back"),
            .init("STOPPED", .running, "has its nodes and was stopped by SIGSTOP"),
            .init("SUSPENDED", .running, "has its nodes for a time when others use them"),
            .init("TIMEOUT", .failed, "ended at its walltime"),
            .init("UPDATE_DB", .finishing, "has a record in the accounting that is being updated"),
        ])

    public var refusals: RefusalTable { Self.refused }

    /// What sbatch says: seen at 22.05 and 24.11 with and without accounting, the rest from slurm_errno.c.
    private static let refused = RefusalTable(rows: [
        .init(
            texts: ["invalid job array specification", "job array index"], reason: .arrayRefused, mender: .nobody),
        .init(
            texts: ["invalid partition name", "partition specified:", "group not permitted to use this partition"],
            reason: .unknownQueue, mender: .operator),
        .init(
            texts: [
                "invalid account", "invalid qos", "invalid wckey", "user not in group", "user's group not permitted",
            ], reason: .invalidAccount, mender: .user),
        .init(
            texts: [
                "requested reservation is invalid", "reservation is invalid", "access denied to requested reservation",
                "access/permission denied to requested reservation",
            ], reason: .invalidReservation, mender: .user),
        // One line names the limit, the next says "Job violates accounting/QOS policy" for every limit.
        .init(texts: ["perjob", "notsatisfied"], reason: .impossibleRequest, mender: .user),
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
                "requested partition configuration not available", "invalid feature specification",
                "invalid generic resource", "invalid node name", "invalid license", "job dependency problem",
            ], reason: .impossibleRequest, mender: .user),
        .init(texts: ["unable to open file"], reason: .missingFile, mender: .user),
        .init(
            texts: [
                "unrecognized option", "invalid option", "sbatch: error: invalid", "requires an argument",
                "does not look like a batch script", "only permitted by root",
            ],
            reason: .badOption, mender: .operator),
    ])
}
