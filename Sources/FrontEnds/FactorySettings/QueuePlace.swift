import VC3Configuration
public import VC3Model

/// Where a queue's pilots are submitted to: the keys of its submit plugin.
public enum QueuePlace: Sendable, Equatable {
    /// The schedd of this machine; `proxy`: a file.
    case local(proxy: String?)
    /// A batch system at the far end of SSH.
    case ssh(SSH)
    /// A compute element: another schedd, `host:port`.
    case computeElement(host: String, port: Int, proxy: String?)
    case ec2(EC2)
    /// A batch system, without a schedd.
    case batch(QueueAccount)
    /// Something that must be written is missing.
    case incomplete

    public struct SSH: Sendable, Equatable {
        /// The batch system, one of those that HTCondor knows: pbs, lsf, sge, slurm, condor.
        public var batch: BatchSystemFlavor
        public var host: String
        public var port: Int
        public var user: String
        /// Section of `auth.conf`.
        public var profile: String
        /// `ssh`, `sshproxy` or `gsissh`.
        public var method: String
        /// The folder of HTCondor's helpers at the site; of the remote manager only.
        public var isManaged: Bool
        /// The host's own key, as in known_hosts; `nil`: the first one that it shows is kept.
        public var hostKey: String?
    }

    public struct EC2: Sendable, Equatable {
        public var service: String
        /// Files that hold the two keys.
        public var accessKeyFile: String
        public var secretKeyFile: String
        public var image: String
        public var instanceType: String
        public var securityGroups: String?
        public var spotPrice: String?
        public var userData: String?
        public var userDataFile: String?
    }

    var isComplete: Bool { self != .incomplete }

    /// The batch system at the far end of SSH that is spoken to by its own commands, in HTCondor's words; `nil`: none.
    var batchSystemOverSSH: BatchSystemFlavor? {
        if case .ssh(let account) = self { account.batch } else { nil }
    }

    /// - Parameter isChosen: Otherwise nothing has to be written.
    init(_ section: SectionReader, _ plugin: SubmitPlugin, isChosen: Bool) {
        let keys = Keys(section: section, prefix: plugin.prefix, isChosen: isChosen)
        switch plugin {
        case .condorLocal: self = .local(proxy: keys.path("proxy", "file of an X.509 proxy"))
        case .condorSSH, .condorSSHRemoteManager: self = Self.ssh(keys, isManaged: plugin == .condorSSHRemoteManager)
        case .condorOSGCE:
            self = .computeElement(
                host: keys.needed("gridresource", "host of the compute element"),
                port: section.value(
                    keys.prefix + "port", .integer(in: 1...65_535), default: 9619, "port of the compute element"),
                proxy: keys.path("proxy", "file of an X.509 proxy"))
        case .condorEC2: self = Self.ec2(keys)
        case .slurm, .sge, .pbs, .torque, .lsf, .kubernetes, .local:
            self = .batch(QueueAccount(section, prefix: keys.prefix))
        }
    }

    private static func ssh(_ keys: Keys, isManaged: Bool) -> QueuePlace {
        let batch = keys.section.value(
            keys.prefix + "batch", .oneOf("slurm", "pbs", "lsf", "sge", "condor"), default: "slurm",
            "the batch system there")
        let method = keys.section.value(
            keys.prefix + "method", .oneOf("ssh", "sshproxy", "gsissh"), default: "ssh", "how it is reached")
        let port = keys.section.value(keys.prefix + "port", .integer(in: 1...65_535), default: 22, "port of sshd")
        if isManaged { _ = keys.path("sandboxdir", "folder for sandboxes at the site") }
        return .ssh(
            SSH(
                batch: BatchSystemFlavor(name: batch) ?? .slurm, host: keys.needed("host", "host of the login node"),
                port: port,
                user: keys.needed("user", "the account there"),
                profile: keys.needed("authprofile", "section of auth.conf with the key"), method: method,
                isManaged: isManaged, hostKey: keys.text("hostkey", "line of known_hosts with the host's key")))
    }

    private static func ec2(_ keys: Keys) -> QueuePlace {
        let place = EC2(
            service: keys.needed("gridresource", "address of the service, https://HOST/"),
            accessKeyFile: keys.needed("access_key_id", "file that holds the access key"),
            secretKeyFile: keys.needed("secret_access_key", "file that holds the secret key"),
            image: keys.needed("ami_id", "image of the machines"),
            instanceType: keys.needed("instance_type", "kind of the machines"),
            securityGroups: keys.text("security_groups", "security groups"),
            spotPrice: keys.text("spot_price", "most that is paid for an hour"),
            userData: keys.text("user_data", "user data of the machines"),
            userDataFile: keys.path("user_data_file", "file with their user data"))
        keys.section.ignored(keys.prefix + "proxy", "the service is shown the two keys")
        return .ec2(place)
    }
}

/// Keys of one plugin.
private struct Keys {
    let section: SectionReader
    let prefix: String
    let isChosen: Bool

    func needed(_ key: String, _ meaning: String) -> String {
        if isChosen { return section.required(prefix + key, .nonEmptyText, meaning) }
        return text(key, meaning) ?? ""
    }

    func text(_ key: String, _ meaning: String) -> String? {
        section.value(prefix + key, ValueKind<String>.nonEmptyText.optional, default: nil, meaning)
    }

    func path(_ key: String, _ meaning: String) -> String? {
        section.value(prefix + key, ValueKind<String>.path.optional, default: nil, meaning)
    }
}
