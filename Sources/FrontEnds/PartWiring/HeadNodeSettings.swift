public import Master
public import VC3Configuration

/// `[headnodes]` and `[headnode-<name>]`: where head nodes of clusters are made.
public struct HeadNodeSettings: Sendable {
    /// Folder of an unpacked HTCondor; `nil`: no head nodes on this machine.
    public var condor: String?
    /// Folder of the Ansible playbooks; `nil`: the usual one.
    public var playbooks: String?
    public var ports: ClosedRange<Int>
    public var hosts: [SSHHeadNodeHost]

    public init(reading configuration: ConfigurationReader) {
        let headNodes = configuration.section("headnodes")
        condor = headNodes.value(
            "condor", ValueKind<String>.path.optional, default: nil, "folder of an unpacked HTCondor")
        let first = headNodes.value(
            "firstport", .integer(in: 1024...65_535), default: 29_618, "first port of head nodes")
        let last = headNodes.value("lastport", .integer(in: 1024...65_535), default: 29_818, "last port of head nodes")
        ports = first...max(first, last)
        if last < first {
            configuration.report(
                .error("lastport is below firstport; give a range", at: headNodes.origin(of: "lastport")))
        }
        playbooks = headNodes.value(
            "playbooks", ValueKind<String>.path.optional, default: nil, "folder of the Ansible playbooks")
        hosts = configuration.sectionNames.filter { $0.hasPrefix("headnode-") }.map { section in
            let host = configuration.section(section)
            return SSHHeadNodeHost(
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

    /// Tells a Master what it says.
    ///
    /// - Parameter absolute: Makes a path independent of the working folder.
    public func apply(to configuration: inout MasterConfiguration, absolute: (String) -> String) {
        configuration.condorPrefix = condor.map(absolute)
        configuration.headNodePorts = ports
        if let playbooks { configuration.playbookFolder = absolute(playbooks) }
        configuration.sshHeadNodes = hosts
    }
}
