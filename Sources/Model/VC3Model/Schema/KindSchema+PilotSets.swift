/// What Factories are asked for.
extension KindSchema {
    static let pilotset = KindSchema(
        .pilotset, "How many pilots one allocation runs for one nodeset of one request.",
        spec: [
            Field("request", .mention(.request), required: true, "The virtual cluster."),
            Field("nodeset", .mention(.nodeset), required: true, "Its nodeset."),
            Field("allocation", .mention(.allocation), required: true, "Where the pilots run."),
            Field("wanted", .integer(0...1_000_000), default: 0, "How many pilots to keep alive."),
            Field("middleware", .string, required: true, "What the pilots run, e.g. htcondor."),
            Field("cores", .integer(1...4096), default: 1, "Cores of one worker."),
            Field("memory_mb", .integer(64...67_108_864), default: 1024, "Memory of one worker, MiB."),
            Field("storage_mb", .integer(0...1_073_741_824), default: 1024, "Disk of one worker, MiB."),
            Field("walltime", .integer(60...31_536_000), default: 86_400, "Longest life of a pilot, seconds."),
            Field("lingertime", .integer(0...31_536_000), default: 7200, "Seconds that an idle worker stays."),
            Field("killorder", .string, default: "newest", allowed: ["newest", "oldest"], "Which go first."),
            Field("peaceful", .boolean, default: true, "Whether workers finish their jobs first."),
            Field(
                "draintime", .integer(0...31_536_000), default: 3600,
                "Seconds that a worker which is one too many may take for that."),
            Field("maxpending", .integer(1...100_000), default: 100, "Most pilots waiting in the queue."),
            Field("maxpercycle", .integer(1...10_000), default: 50, "Most pilots submitted at a time."),
            Field("environment", .map(.string), default: [:], "Environment variables of the workers."),
            Field("batch", .object(batchFields), default: [:], "What the batch system is asked for."),
            Field(
                "site", .object(siteFields), required: true, "The site, copied so that tearing down needs nothing else."
            ),
            Field("headnode", .object(headNodeFields), "The pool to join; unset while there is none."),
            Field(
                "revoked", .list(.mention(.pilot)), default: [],
                "Pilots that end at once and get no further token, whichever set they are of."),
            Field("asked", .integer(0...1_000_000), "Workers that the nodeset asks for, over all allocations."),
            Field("policy", .string, "What decided how many of those this allocation is to give."),
            Field("checkscript", .string, longest: 16_384, "The resource's own check of a worker."),
            Field("checktime", .integer(1...600), "Seconds that it may take; unset: 30."),
            Field(
                "containertool", .string, allowed: containerTools,
                "The container program that must work on a worker before it joins."),
        ],
        status: state + [
            Field("submitting", .integer(0...Int.max), default: 0, "Pilots whose submission is under way."),
            Field("pending", .integer(0...Int.max), default: 0, "Pilots in the site's queue."),
            Field("running", .integer(0...Int.max), default: 0, "Pilots running."),
            Field("retiring", .integer(0...Int.max), default: 0, "Pilots being ended."),
            Field("done", .integer(0...Int.max), default: 0, "Pilots ended normally, ever."),
            Field("failed", .integer(0...Int.max), default: 0, "Pilots ended badly, ever."),
            Field("expired", .integer(0...Int.max), default: 0, "Pilots that lived for all of their walltime, ever."),
            Field("vanished", .integer(0...Int.max), default: 0, "Pilots whose end nobody saw, ever."),
            Field("first_submit", .timestamp, "When the site first took a pilot."),
            Field("explanation", .list(.string), default: [], "Why there are as many as there are, rule by rule."),
            Field("last_errors", .list(.string), default: [], "The last few errors, newest first."),
            Field("factory", .string, "Which factory runs it."),
            Field(
                "key_in_use", .string, "Kind and fingerprint of the key that the factory last reached the site with."),
            Field("traffic", .object(trafficFields), "What the account at the site has been asked to do lately."),
            Field("chain", .list(.object(chainFields)), default: [], "From the wish to workers, step by step."),
            Field(
                "shunned", .list(.object(shunnedFields)), default: [],
                "Nodes that get no pilots for a while, because they fail there and not elsewhere."),
        ],
        specWriters: [.master], statusWriters: [.factory], finalizer: .factory)

    /// ``SiteTraffic``.
    static let trafficFields: [Field] = [
        Field("commands", .integer(0...Int.max), default: 0, "Commands in the minute before measured."),
        Field("scheduler_commands", .integer(0...Int.max), default: 0, "Those that ask the batch system."),
        Field("budget", .integer(0...Int.max), default: 0, "Most commands a minute, over time."),
        Field("wait", .integer(0...Int.max), default: 0, "Seconds until the budget covers the next command."),
        Field("way", .string, required: true, "shell: one that stays; sessions: one for each command; local: no SSH."),
        Field("spool", .string, required: true, "followed: pilots' events come at once; none, and why."),
        Field("measured", .timestamp, required: true, "When."),
    ]

    /// ``BatchOptions``.
    static let batchFields: [Field] = [
        Field("queue", .string, "Partition or queue; unset: the site's default."),
        Field("account", .string, "Account or project that is charged."),
        Field("qos", .string, "Quality of service."),
        Field("reservation", .string, "Reservation."),
        Field("constraint", .string, "Which nodes, in the batch system's own language."),
        Field("wholenode", .boolean, "Whether a worker has its node for itself."),
        Field("gpus", .integer(0...1024), "GPUs of one worker."),
        Field("cores", .integer(1...4096), "Cores of one worker, in place of the nodeinfo's."),
        Field("memory_mb", .integer(64...67_108_864), "Memory of one worker, MiB, in place of the nodeinfo's."),
        Field("walltime", .integer(60...31_536_000), "Longest life of a worker, seconds; the shortest given holds."),
        Field("submitargs", .list(.string), "Directives of the batch system, each one element."),
    ]

    static let siteFields: [Field] = [
        Field("resource", .string, required: true, "Name of the resource."),
        Field("type", .string, required: true, "batch or local."),
        Field("method", .string, required: true, "ssh or local."),
        Field("flavor", .string, required: true, "Batch system."),
        Field("host", .string, "Login host."),
        Field("port", .integer(1...65535), default: 22, "Its port."),
        Field("gateway", .string, "Hop host as [user@]host[:port]."),
        Field("account", .string, required: true, "Account there."),
        Field("hostkey", .string, "Pinned host key line."),
        Field("settings", .map(.string), "What is particular about its batch system."),
        Field("privatetoken", .string, "Name of the private token that logs in."),
        Field("keyfingerprint", .string, "Kind and fingerprint of the key in it; when it changes, it is read again."),
        Field("mfa", .boolean, "Whether a person logs in, by a sitelogin."),
    ]

    static let headNodeFields: [Field] = [
        Field("collector", .string, required: true, "host:port to join."),
        Field("trustdomain", .string, required: true, "Trust domain of its tokens."),
        Field("privatetoken", .string, required: true, "Name of the private token that holds the pool's signing key."),
    ]
}
