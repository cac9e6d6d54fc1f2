/// The configuration of a head node: the collector, negotiator and schedd that make one virtual cluster's pool.
///
/// Security in one paragraph: nobody is trusted for their address. People of the head node are recognized by FS
/// (ownership of a file the daemon asks them to make), pilots by a ``PilotToken``. A pilot may advertise slots, which
/// in HTCondor includes reading the pool, and nothing more. Only ``submitters`` may submit jobs.
///
/// Cost in another: whatever a user does takes effect at once, because the daemons tell each other (a new slot
/// advertises itself, a submitted job wakes the negotiator). The intervals only bound what a lost message would leave.
public struct HeadNodeConfiguration: Sendable, Hashable {
    /// Whose processes the daemons are.
    public enum Account: Sendable, Hashable {
        /// One ordinary account, which runs the daemons and is the only one that administers the pool. Its jobs'
        /// shadows run as itself, so it is the only submitter as well.
        case user(String)
        /// Started by root; the daemons run as this account, shadows as whoever submitted.
        case root(daemonUserID: Int, daemonGroupID: Int)
    }

    /// Unpacked HTCondor: has `bin`, `sbin`, `libexec` and `lib`.
    public var releaseDirectory: String
    /// Belongs to this head node alone. Holds its log, queue and keys.
    public var localDirectory: String
    /// Where pilots reach the head node: a numeric address, or a host name that every worker can resolve.
    public var address: String
    /// The one TCP port of this head node; all its daemons share it.
    public var port: Int
    public var trustDomain: TrustDomain
    public var account: Account
    /// Accounts that may submit and administer their jobs, beside a ``Account/user(_:)``. Empty with
    /// ``Account/root(daemonUserID:daemonGroupID:)`` means every account of the machine.
    public var submitters: [String] = []
    /// The address of a local network interface to listen on; all when nil.
    public var listenAddress: String?
    public var signingKeyID = PoolSigningKey.defaultID

    public init(
        releaseDirectory: String, localDirectory: String, address: String, port: Int, trustDomain: TrustDomain,
        account: Account
    ) {
        self.releaseDirectory = releaseDirectory
        self.localDirectory = localDirectory
        self.address = address
        self.port = port
        self.trustDomain = trustDomain
        self.account = account
    }

    /// What a pilot needs as `--collector`.
    public var collector: String {
        (address.contains(":") && !address.hasPrefix("[") ? "[\(address)]" : address) + ":\(port)"
    }

    public var configurationFile: String { localDirectory + "/condor_config" }
    /// Where ``PoolSigningKey/fileContents`` goes, mode 0600, before the first start.
    public var signingKeyFile: String { localDirectory + "/passwords.d/" + signingKeyID }

    /// Directories that must exist before the first start, with their modes. The last two must belong to whoever
    /// starts `condor_master`, the others to the daemons' account.
    public var directories: [(path: String, mode: UInt16)] {
        ["log", "spool", "execute", "lock", "run"].map { (localDirectory + "/" + $0, 0o755) }
            + ["tokens.d", "passwords.d"].map { (localDirectory + "/" + $0, 0o700) }
    }

    /// Starts the daemons in the foreground; SIGTERM ends them gracefully, SIGQUIT at once.
    public var startArguments: [String] { [releaseDirectory + "/sbin/condor_master", "-f", "-t"] }

    /// All of the environment that the daemons and the pool's tools need beside `PATH`.
    public var environment: [String: String] { ["CONDOR_CONFIG": configurationFile] }
}
