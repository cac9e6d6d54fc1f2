/// A host that is given to VC3 as a head node: section `[headnode-<name>]` of the configuration.
public struct SSHHeadNodeHost: Sendable, Hashable {
    /// What a request's `headnode` says.
    public var name: String
    /// Where the Master and the workers reach it.
    public var address: String
    /// Port of its SSH server.
    public var port: Int
    /// An account that may become root by sudo without a password.
    public var user: String
    /// The private key of that account: a file of mode 0600 or 0400.
    public var keyFile: String
    /// Its SSH host key, `type base64`: nothing is sent to a host that shows another one.
    public var hostKey: String
    /// The one TCP port of the pool.
    public var poolPort: Int
    /// A packed HTCondor (gzip, one top folder) to install there; `nil`: the host has HTCondor already.
    public var condorArchive: String?

    public init(
        name: String, address: String, port: Int = 22, user: String, keyFile: String, hostKey: String,
        poolPort: Int = 9618, condorArchive: String? = nil
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.keyFile = keyFile
        self.hostKey = hostKey
        self.poolPort = poolPort
        self.condorArchive = condorArchive
    }
}
