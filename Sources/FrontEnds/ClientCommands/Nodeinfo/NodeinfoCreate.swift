import ArgumentParser
import VC3Model

struct NodeinfoCreate: CreatingCommand {
    static let kind = EntityKind.nodeinfo
    static let configuration = usage(
        "nodeinfo-create", "Describe the size of one worker.",
        example: "vc3-client nodeinfo-create small --cores 4 --memory_mb 8192 --storage_mb 20000")

    @Argument(help: "Nodeinfo name.")
    var nodeinfoname: String
    @Option(help: "User who owns it; unset: you.")
    var owner: String?
    @Option(help: "Cores.")
    var cores = 1
    @Option(name: .customLong("memory_mb"), help: "Memory, MiB.")
    var memory = 1024
    @Option(name: .customLong("storage_mb"), help: "Disk, MiB.")
    var storage = 1024
    @Option(name: .customLong("native_os"), help: "Operating system, e.g. centos:v7.4.")
    var nativeOS = "Unknown"
    @Option(help: "What else it has, separated by commas, e.g. singularity,cvmfs.")
    var features: CommaList?
    @OptionGroup var about: AboutOptions

    var name: String { nodeinfoname }

    func spec(in session: ClientSession) throws -> [String: JSONValue?] {
        [
            "cores": .integer(cores), "memory_mb": .integer(memory), "storage_mb": .integer(storage),
            "native_os": .string(nativeOS), "features": features.json,
        ] + about
    }
}
