/// What virtual clusters are made of.
extension KindSchema {
    static let nodeset = KindSchema(
        .nodeset, "A number of nodes with one role in a cluster.",
        spec: [
            Field("node_number", .integer(0...1_000_000), default: 1, "How many."),
            Field(
                "app_type", .string, required: true,
                allowed: [
                    "htcondor", "workqueue", "spark", "jupyter+htcondor", "jupyter+spark", "reana+htcondor",
                    "coffea+spark", "generic",
                ], "Middleware."),
            Field("app_role", .string, required: true, allowed: ["head-node", "worker-nodes"], "Role."),
            Field("app_port", .integer(1...65535), "Port of the middleware."),
            Field(
                "app_peaceful", .boolean, default: true, "Whether workers finish their jobs before they are retired."),
            Field(
                "app_draintime", .integer(0...31_536_000),
                "Seconds that a worker which is one too many may take to finish its jobs; unset: 3600."),
            Field("app_lingertime", .integer(0...31_536_000), "Seconds that an idle worker stays; unset: 7200."),
            Field("app_killorder", .string, allowed: ["newest", "oldest"], "Which workers go first; unset: newest."),
            Field("walltime", .integer(60...31_536_000), default: 86_400, "Longest life of a worker, seconds."),
            Field("nodeinfo", .reference(.nodeinfo), "Size wanted; unset: the resource's."),
            Field("environment", .reference(.environment), "Environment of these nodes."),
            Field(
                "batch", .object(batchFields), default: [:],
                "What batch systems are asked for, before the allocation's and the resource's."),
        ] + about,
        status: state(["new", "booting", "initializing", "running", "failure"]) + [
            Field("app_host", .string, "Address of the head node."),
            Field("app_port", .integer(1...65535), "Port of the head node's middleware."),
            Field("detail", .any, default: [:], "What the head node's provider needs to find and remove it again."),
            Field(
                "revoked", .map(.timestamp), default: [:],
                "Pilots that the head node was made to refuse, and since when."),
        ],
        specWriters: [.user, .master], statusWriters: [.master], finalizer: nil)

    static let cluster = KindSchema(
        .cluster, "A template: the nodesets that make a virtual cluster.",
        spec: [
            Field("nodesets", .list(.reference(.nodeset)), default: [], "Node sets, in order."),
            Field("public", .boolean, default: false, "Whether every user sees it."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let environment = KindSchema(
        .environment, "Software and variables of workers.",
        spec: [
            Field("packagelist", .list(.string), default: [], "Packages, each pkg[:min[:max]]."),
            Field("envmap", .map(.string), default: [:], "Environment variables."),
            Field("files", .map(.string), default: [:], longest: SizeLimits.part, "Files by name, base64."),
            Field("command", .string, "Kept for the original's clients."),
            Field("required_os", .string, "Operating system, name[:min[:max]]."),
            Field("builder_extra_args", .list(.string), default: [], "Further arguments of the builder."),
            Field(
                "containertool", .string, allowed: containerTools,
                "The container program that must work on a worker before it joins."),
        ] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let policy = KindSchema(
        .policy, "How workers are spread over allocations.",
        spec: [Field("pluginname", .string, required: true, "Name of the policy.")] + about,
        status: state, specWriters: [.user], statusWriters: [.master])

    static let request = KindSchema(
        .request, "A virtual cluster that somebody wants.",
        spec: [
            Field("project", .reference(.project), required: true, "On whose allocations it runs."),
            Field("cluster", .reference(.cluster), required: true, "What it is made of."),
            Field(
                "policy", .string, default: "static-balanced", allowed: ["static-balanced"], "How workers are spread."),
            Field(
                "allocations", .list(.reference(.allocation)), default: [],
                "Allocations, in order; the last gets the rest."),
            Field("environments", .list(.reference(.environment)), default: [], "Environments of all workers."),
            Field(
                "headnode", .string, default: "local", "Head node provider: local, or the name of a configured host."),
            Field("expiration", .timestamp, "When it ends by itself; unset: never."),
            Field("action", .string, default: "run", allowed: ["new", "run", "terminate"], "What its owner wants."),
            Field(
                "revokedpilots", .list(.mention(.pilot)), default: [],
                "Pilots whose tokens the head node is to refuse, and which are to end at once."),
            Field("organization", .string, "Institution."),
        ] + about,
        status: state(RequestState.allCases.map(\.rawValue)) + [
            Field("headnode", .string, "Name of the head node's nodeset."),
            Field("headnode_provider", .string, "Which provider made the head node and removes it."),
            Field(
                "statusinfo", .map(.any), default: [:],
                "Counts by nodeset: running, idle, error, node_number, requested."),
            Field("workers_joined", .integer(0...Int.max), default: 0, "Workers that the head node sees."),
            Field("nodesets", .list(.string), default: [], "Node sets that were started."),
            Field("pilotsets", .list(.string), default: [], "Pilot sets that were made, for tearing down."),
            Field("timeline", .map(.timestamp), default: [:], "When each step was first reached."),
        ],
        specWriters: [.user], statusWriters: [.master], finalizer: .master)
}
