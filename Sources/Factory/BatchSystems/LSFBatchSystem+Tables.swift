extension LSFBatchSystem {
    public var states: NativeStateTable { Self.table }

    private static let table = NativeStateTable(
        manual: "bjobs of IBM Spectrum LSF 10.1, Output: STAT, https://www.ibm.com/docs/en/spectrum-lsf",
        [
            .init("PEND", .pending, "pending: it has not been started yet"),
            .init("PROV", .pending, "dispatched to a host that is being switched on"),
            .init("PSUSP", .held, "suspended while pending"),
            .init("RUN", .running, "running"),
            .init("USUSP", .running, "suspended while running, by its owner or an administrator"),
            .init("SSUSP", .running, "suspended while running, by the load of the host or the run window of the queue"),
            .init("DONE", .done, "ended with status 0"),
            .init("EXIT", .failed, "ended with another status, or was killed"),
            .init("UNKWN", .unknown, "mbatchd has lost contact with the host that it runs on"),
            .init("WAIT", .pending, "of a chunk of jobs, waits for its turn"),
            .init("ZOMBI", .finishing, "was killed while its host could not be reached"),
        ])

    public var refusals: RefusalTable { Self.refused }

    /// lsb.errs, as the manual of error messages lists it.
    private static let refused = RefusalTable(rows: [
        .init(
            texts: ["job array index too large", "bad job array", "job array list"], reason: .arrayRefused,
            mender: .nobody),
        .init(
            texts: [
                "no such queue", "cannot use the queue", "user cannot use the queue", "queue has been closed",
                "host or user is not accepted by queue",
            ], reason: .unknownQueue, mender: .operator),
        .init(
            texts: ["no such project", "user permission denied", "project is not", "unknown user", "invalid project"],
            reason: .invalidAccount, mender: .user),
        .init(
            texts: ["reservation", "user does not have permission to use"], reason: .invalidReservation, mender: .user),
        .init(
            texts: [
                "pending job threshold reached", "too many processors requested by", "job limit has been reached",
                "user has reached", "exceeds queue's job limit",
            ], reason: .limitReached, mender: .nobody),
        .init(
            texts: [
                "batch daemon not responding", "failed in an lsf library call", "lsf is down", "please wait",
                "cannot contact", "mbatchd", "lim is down", "non-lsf host rejected",
            ], reason: .unavailable, mender: .nobody),
        .init(
            texts: [
                "cannot exceed queue's hard limit", "too many processors requested", "resource requirement",
                "exceeds the maximum", "runlimit", "memlimit",
            ], reason: .impossibleRequest, mender: .user),
        .init(
            texts: ["illegal option", "bad argument", "illegal value", "bad resource requirement", "syntax error"],
            reason: .badOption, mender: .operator),
    ])
}
