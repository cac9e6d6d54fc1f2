extension GridEngineBatchSystem {
    /// Of several letters the one that the table has first decides.
    static func state(_ letters: String) -> JobState {
        guard table.knows(letters) else { return .unknown }
        // R alone says nothing: it stands before what the job does now.
        let deciding = table.rows.first { $0.word != "R" && letters.contains($0.word) }
        return deciding.map { table.state(of: $0.word) } ?? .unknown
    }

    public var states: NativeStateTable { Self.table }

    private static let table = NativeStateTable(
        manual: "qstat(1) of Grid Engine 8.1, OUTPUT FORMATS, \"the status of the job\"",
        reading: "A state is one or more letters; of several, the one that is first here decides.", ofLetters: true,
        [
            .init("d", .finishing, "deletion: qdel was used"),
            .init("E", .held, "error: it could not be started"),
            .init("r", .running, "running"),
            .init("t", .running, "transferring: it is being brought to its node"),
            .init("s", .running, "suspended by qmod"),
            .init("S", .running, "suspended with its queue"),
            .init("T", .running, "suspended since a threshold of its queue was exceeded"),
            .init("h", .held, "hold"),
            .init("q", .pending, "queued"),
            .init("w", .pending, "waiting"),
            .init("R", .unknown, "restarted; stands before another letter"),
        ])

    public var refusals: RefusalTable { Self.refused }

    /// What qsub and the qmaster say (msg_qmaster.h, msg_clients_common.h).
    private static let refused = RefusalTable(rows: [
        .init(
            texts: ["tasks per job", "max_aj_tasks", "array job tasks", "to submit a job with more than"],
            reason: .arrayRefused, mender: .nobody),
        .init(
            texts: [
                "requests unknown queue", "unknown queue", "parallel environment \"", "requested parallel environment",
            ], reason: .unknownQueue, mender: .operator),
        .init(
            texts: [
                "unknown project", "requested project", "no such project", "has no access to project",
                "unknown department", "denied: user",
            ],
            reason: .invalidAccount, mender: .user),
        .init(
            texts: ["advance reservation"], reason: .invalidReservation, mender: .user),
        .init(
            texts: [
                "jobs are allowed per user", "jobs are allowed in total", "limit for active jobs", "limit reached",
            ],
            reason: .limitReached, mender: .nobody),
        .init(
            texts: [
                "unable to send message to qmaster", "unable to contact qmaster", "commlib error", "got select error",
                "can't connect to service", "unable to read qmaster name", "endpoint is not unique",
            ], reason: .unavailable, mender: .nobody),
        .init(texts: ["no suitable queues"], reason: .impossibleRequest, mender: .user),
        .init(texts: ["unable to read script file", "error opening"], reason: .missingFile, mender: .user),
        .init(
            texts: [
                "unknown option", "unknown resource", "invalid option argument", "option must have argument",
                "denied: ", "attribute \"", "operator privileges", "wrong date/time format",
            ],
            reason: .badOption, mender: .operator),
    ])
}
