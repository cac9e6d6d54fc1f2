import ArgumentParser
import VC3Model

/// What the batch system is asked for: the attribute `batch` of resources, allocations and nodesets.
struct BatchArguments: ParsableArguments {
    @Option(help: "Partition or queue for the workers; unset: the site's default.")
    var queue: String?
    @Option(name: .customLong("batchaccount"), help: "Account or project at the site that the workers are charged to.")
    var account: String?
    @Option(help: "Quality of service.")
    var qos: String?
    @Option(help: "Reservation.")
    var reservation: String?
    @Option(help: "Which nodes, in the batch system's own language.")
    var constraint: String?
    @Flag(help: "A worker has its node for itself.")
    var wholenode = false
    @Option(help: "GPUs of one worker.")
    var gpus: Int?
    @Option(
        parsing: .unconditionalSingleValue,
        help: "One more option of the site's submit command, with its value, e.g. '--comment=vc3'; may be repeated.")
    var submitargs: [String] = []

    static let names: Set<String> = [
        "queue", "batchaccount", "qos", "reservation", "constraint", "wholenode", "gpus", "submitargs",
    ]

    /// - Parameter further: Members that only some commands have.
    func json(_ further: [String: JSONValue?] = [:]) -> JSONValue? {
        var members: [String: JSONValue?] = [
            "queue": queue.json, "account": account.json, "qos": qos.json, "reservation": reservation.json,
            "constraint": constraint.json, "wholenode": wholenode.jsonIfSet, "gpus": gpus.json,
            "submitargs": submitargs.isEmpty ? nil : .array(submitargs.map { .string($0) }),
        ]
        members.merge(further) { _, own in own }
        let given = members.compactMapValues { $0 }
        return given.isEmpty ? nil : .object(given)
    }
}

/// The size and life of workers in the attribute `batch`, where no other attribute says it.
struct BatchSizeArguments: ParsableArguments {
    @Option(help: "Cores of one worker, in place of the nodeinfo's.")
    var cores: Int?
    @Option(name: .customLong("memory_mb"), help: "Memory of one worker, MiB, in place of the nodeinfo's.")
    var memory: Int?
    @Option(help: "Longest life of a worker there: seconds, or like 12h.")
    var walltime: Seconds?

    static let names: Set<String> = ["cores", "memory_mb", "walltime"]

    var members: [String: JSONValue?] {
        ["cores": cores.json, "memory_mb": memory.json, "walltime": walltime.map { .integer($0.value) }]
    }
}
