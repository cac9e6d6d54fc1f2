import ArgumentParser
import VC3Model

struct NodesetCreate: CreatingCommand {
    static let kind = EntityKind.nodeset
    static let configuration = usage(
        "nodeset-create", "Describe a number of nodes with one role in a cluster.",
        example: """
            vc3-client nodeset-create survey-workers --node_number 6 \\
              --app_type htcondor --app_role worker-nodes --walltime 12h
            """)
    static let additions = BatchArguments.names.union(["walltime", "app_draintime"])

    @Argument(help: "Nodeset name.")
    var nodesetname: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(name: .customLong("node_number"), help: "How many nodes.")
    var number = 1
    @Option(name: .customLong("app_type"), help: "Middleware, e.g. htcondor or workqueue.")
    var appType: String?
    @Option(name: .customLong("app_role"), help: "worker-nodes or head-node.")
    var appRole: String?
    @Option(
        name: .customLong("app_peaceful"), help: "Whether workers finish their jobs before they go: true or false.")
    var isPeaceful: Choice?
    @Option(
        name: .customLong("app_draintime"),
        help: "Longest time that a worker which is one too many may take to finish its jobs: seconds, or like 30m.")
    var drainTime: Seconds?
    @Option(name: .customLong("app_lingertime"), help: "Seconds that an idle worker stays; unset: 7200.")
    var lingerTime: Int?
    @Option(name: .customLong("app_killorder"), help: "Which workers go first: newest or oldest.")
    var killOrder: String?
    @Option(help: "Longest life of a worker: seconds, or like 12h; unset: 1d.")
    var walltime: Seconds?
    @Option(help: "Size wanted; unset: what each site has.")
    var nodeinfo: String?
    @Option(help: "Environment of these nodes.")
    var environment: String?
    @OptionGroup var batch: BatchArguments
    @OptionGroup var about: AboutOptions

    var name: String { nodesetname }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        [
            "node_number": .integer(number), "app_type": appType.json, "app_role": appRole.json,
            "app_peaceful": isPeaceful.map { .bool($0.value) }, "app_lingertime": lingerTime.json,
            "app_draintime": drainTime.map { .integer($0.value) },
            "app_killorder": killOrder.json, "walltime": walltime.map { .integer($0.value) },
            "nodeinfo": nodeinfo.json, "environment": environment.json, "batch": batch.json(),
        ] + about
    }
}
