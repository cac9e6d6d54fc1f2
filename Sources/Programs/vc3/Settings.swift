import VC3Configuration

/// What `vc3 up` may be told in its configuration file. Without a file all defaults hold.
struct Settings: ConfigurationSchema {
    /// A head node that is a host of its own, section `[headnode-<name>]`.
    struct HeadNodeHost {
        var name: String
        var address: String
        var port: Int
        var user: String
        var keyFile: String
        var hostKey: String
        var poolPort: Int
        var condorArchive: String?
    }

    var bindAddress: String
    var port: Int
    var address: String?
    var condor: String?
    var headNodePorts: ClosedRange<Int>
    var workerBundle: String?
    var playbooks: String?
    var headNodeHosts: [HeadNodeHost]

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        bindAddress = network.value(
            "bind", .nonEmptyText, default: "0.0.0.0", "address that the Infoservice listens on")
        port = network.value("httpsport", .integer(in: 1...65_535), default: 20_334, "its TCP port")
        address = network.value(
            "address", ValueKind<String>.nonEmptyText.optional, default: nil,
            "name or address at which sites reach this machine; unset: its first network address")

        let headNodes = configuration.section("headnodes")
        condor = headNodes.value(
            "condor", ValueKind<String>.path.optional, default: nil, "folder of an unpacked HTCondor")
        let first = headNodes.value(
            "firstport", .integer(in: 1024...65_535), default: 29_618, "first port of head nodes")
        let last = headNodes.value("lastport", .integer(in: 1024...65_535), default: 29_818, "last port of head nodes")
        headNodePorts = first...max(first, last)
        if last < first {
            configuration.report(
                .error("lastport is below firstport; give a range", at: headNodes.origin(of: "lastport")))
        }
        playbooks = headNodes.value(
            "playbooks", ValueKind<String>.path.optional, default: nil, "folder of the Ansible playbooks")

        let factory = configuration.section("factory")
        workerBundle = factory.value(
            "workerbundle", ValueKind<String>.path.optional, default: nil, "what a pilot carries: vc3-worker.tar.gz")

        headNodeHosts = configuration.sectionNames.filter { $0.hasPrefix("headnode-") }.map { section in
            let host = configuration.section(section)
            return HeadNodeHost(
                name: String(section.dropFirst("headnode-".count)),
                address: host.required("address", .nonEmptyText, "name or address of the host"),
                port: host.value("port", .integer(in: 1...65_535), default: 22, "port of its SSH server"),
                user: host.required("user", .nonEmptyText, "account with sudo, that Ansible logs in to"),
                keyFile: host.required("keyfile", .path, "private key of that account"),
                hostKey: host.required("hostkey", .nonEmptyText, "public host key line, as ssh-keyscan prints it"),
                poolPort: host.value("poolport", .integer(in: 1...65_535), default: 9618, "the pool's TCP port"),
                condorArchive: host.value(
                    "condorarchive", ValueKind<String>.path.optional, default: nil,
                    "packed HTCondor to install there; unset: packed from [headnodes] condor"))
        }
    }
}
