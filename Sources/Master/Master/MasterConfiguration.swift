public import Credible

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a Master needs to know about its machine. Every default works under one state folder.
public struct MasterConfiguration: Sendable {
    /// Where key pairs and local head nodes live; made with mode 0700 when missing.
    public var stateFolder: String
    /// An unpacked HTCondor (`bin`, `sbin`, `libexec`, `lib`); `nil`: no local head nodes.
    public var condorPrefix: String?
    /// Where workers reach local head nodes; `nil`: this machine's address on the way to the first site.
    public var headNodeAddress: String?
    /// Ports of local head nodes, one each.
    public var headNodePorts: ClosedRange<Int> = 9620...9719
    /// Hosts that playbooks make head nodes of, by the name that a request's `headnode` gives.
    public var sshHeadNodes: [SSHHeadNodeHost] = []
    /// The folder of `login-htcondor.yaml` and `logout-htcondor.yaml`.
    public var playbookFolder = "/etc/vc3/vc3-playbooks/login"
    /// The authority that signs for those who have a pairing, and whose revocation list the Master publishes; `nil`: it has
    /// none at hand.
    public var authority: CertificateAuthority?
    /// The program that runs playbooks: a path, or a name looked up in `PATH`.
    public var ansiblePlaybook = "ansible-playbook"
    /// The longest time without a look at an entity.
    public var resync: Duration = .seconds(300)
    /// The longest time without asking a head node for its workers.
    public var censusInterval: Duration = .seconds(60)

    public init(stateFolder: String) {
        self.stateFolder = stateFolder
    }

    /// Why a request's `headnode` cannot be of this name; `nil` when it can.
    func problem(withHeadNode name: String) -> String? {
        let hosts = sshHeadNodes.map(\.name)
        if hosts.contains(name) { return nil }
        guard name == LocalHeadNodes.name else {
            let names = ([LocalHeadNodes.name] + hosts).joined(separator: ", ")
            return "headnode \(name) is not configured; there are \(names)"
        }
        if condorPrefix == nil {
            return "headnode local needs an unpacked HTCondor on the Master's machine, and none is configured"
        }
        // The daemons of a root-started pool change to accounts that cannot reach a private state folder.
        return geteuid() == 0
            ? "headnode local cannot run while the Master is root; run VC3 as an ordinary account, or name a head node host"
            : nil
    }
}
