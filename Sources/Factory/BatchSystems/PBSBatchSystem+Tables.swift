public import VC3Commands

extension PBSBatchSystem {
    public var states: NativeStateTable { dialect == .pro ? Self.pro : Self.torque }

    private static let pro = NativeStateTable(
        manual: "qstat(1B) of OpenPBS 23, \"Job states\"",
        reading: "A finished job whose Exit_status is not told is vanished.",
        [
            .init("B", .running, "begun: an array of which at least one element has begun"),
            .init("E", .finishing, "exiting after having run"),
            .init("F", .byExitCode, "finished"),
            .init("H", .held, "held"),
            .init("M", .pending, "moved to another server"),
            .init("Q", .pending, "queued"),
            .init("R", .running, "running"),
            .init("S", .running, "suspended"),
            .init("T", .pending, "in transit to another place"),
            .init("U", .running, "suspended: somebody uses the workstation it is on"),
            .init("W", .pending, "waits for its time or its files"),
            .init("X", .byExitCode, "finished: an element of an array"),
        ])

    private static let torque = NativeStateTable(
        manual: "qstat(1B) of Torque 6, \"the job's state\"",
        reading: "A completed job whose exit_status is not told is vanished.",
        [
            .init("C", .byExitCode, "completed after having run"),
            .init("E", .finishing, "exiting after having run"),
            .init("H", .held, "held"),
            .init("Q", .pending, "queued"),
            .init("R", .running, "running"),
            .init("T", .pending, "being moved to another place"),
            .init("W", .pending, "waits for its time"),
            .init("S", .running, "suspended"),
        ])

    /// Comments of the scheduler on a job that waits (OpenPBS, resource limits of "User", "Group", "Project", "Queue").
    static func isQuota(_ comment: String) -> Bool {
        let text = comment.lowercased()
        return text.contains("limit") && ["has reached", "been reached", "would exceed"].contains { text.contains($0) }
    }

    public var refusals: RefusalTable { Self.refused }

    /// The qsub in front of Slurm tells the command that it ran before what that said: a name in the command is no cause.
    public func refusal(_ result: CommandResult) -> SubmissionRefusal {
        refusals.refusal(
            CommandResult(
                status: result.status, output: Self.cause(in: result.output),
                errorOutput: Self.cause(in: result.errorOutput)))
    }

    private static func cause(in said: String) -> String {
        let lines = said.split(whereSeparator: \.isNewline)
        guard let last = lines.lastIndex(of: "and the output was:") else { return said }
        var words = lines[(last + 1)...].joined(separator: "\n")
        if words.hasPrefix("'") { words.removeFirst() }
        while words.hasSuffix("'") || words.hasSuffix("\n") { words.removeLast() }
        return words
    }

    /// pbs_error messages (pbs_messages.c of OpenPBS, pbs_error_db.h of Torque); what a qsub in front of Slurm says is
    /// Slurm's.
    private static let refused = RefusalTable(
        rows: [
            .init(
                texts: ["array job not allowed", "array size exceeds", "maximum array size"], reason: .arrayRefused,
                mender: .nobody),
            .init(
                texts: [
                    "unknown queue", "queue is not enabled", "no default queue specified", "access to queue is denied",
                    "unauthorized request", "access from host not allowed",
                ], reason: .unknownQueue, mender: .operator),
            .init(
                texts: ["invalid account", "unknown project", "bad uid for job execution", "invalid credential"],
                reason: .invalidAccount, mender: .user),
            .init(
                texts: [
                    "would exceed queue's per-user limit", "would exceed complex's per-user limit",
                    "maximum number of jobs already in queue", "would exceed limit", "job limit",
                ], reason: .limitReached, mender: .nobody),
            .init(
                texts: [
                    "cannot connect to server", "pbs_connect", "no permission. server shutdown",
                    "server is shutting down",
                    "unable to communicate with", "communication failure", "end of file",
                ], reason: .unavailable, mender: .nobody),
            .init(
                texts: [
                    "job violates queue and/or server resource limits", "job exceeds queue resource limits",
                    "cannot locate feasible nodes", "exceeds queue and/or server",
                    "rejected by all possible destinations",
                ], reason: .impossibleRequest, mender: .user),
            .init(texts: ["script file", "cannot open script"], reason: .missingFile, mender: .user),
            .init(
                texts: [
                    "illegal -", "illegal attribute or resource value", "unknown resource", "invalid option",
                    "unknown option",
                    "usage: qsub", "illegally formed job identifier",
                ], reason: .badOption, mender: .operator),
        ] + SlurmBatchSystem().refusals.rows)
}
