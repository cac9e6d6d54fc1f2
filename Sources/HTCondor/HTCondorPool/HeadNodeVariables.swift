/// What an Ansible role needs to make a root-run head node: extra variables, without any secret.
///
/// The role makes the folders, puts the signing key into its file from a file of its own (owner root, mode 0600),
/// writes the configuration, and starts `condor_master` as root.
public struct HeadNodeVariables: Sendable, Hashable, Codable {
    public struct Folder: Sendable, Hashable, Codable {
        public let path: String
        /// As Ansible takes it: `"0700"`.
        public let mode: String
        /// A numeric user id: that of the daemons, or 0.
        public let owner: String
        public let group: String
    }

    public let collector: String
    public let port: Int
    public let trustDomain: String
    public let configurationFile: String
    public let configuration: String
    public let signingKeyFile: String
    public let folders: [Folder]

    /// The names of the variables.
    private enum CodingKeys: String, CodingKey {
        case collector = "vc3_condor_collector"
        case port = "vc3_condor_port"
        case trustDomain = "vc3_condor_trust_domain"
        case configurationFile = "vc3_condor_config_file"
        case configuration = "vc3_condor_config"
        case signingKeyFile = "vc3_condor_signing_key_file"
        case folders = "vc3_condor_folders"
    }

    /// Nil unless the head node is run by root: nobody else needs a role for it.
    public init?(_ configuration: HeadNodeConfiguration) {
        guard case .root(let user, let group) = configuration.account else { return nil }
        collector = configuration.collector
        port = configuration.port
        trustDomain = configuration.trustDomain.name
        configurationFile = configuration.configurationFile
        self.configuration = configuration.rendered()
        signingKeyFile = configuration.signingKeyFile
        let daemons = (String(user), String(group))
        folders =
            [Folder(path: configuration.localDirectory, mode: "0755", owner: daemons.0, group: daemons.1)]
            + configuration.directories.map { path, mode in
                // Keys are root's: the daemons read them before they give their privilege up.
                let owner = mode == 0o700 ? ("0", "0") : daemons
                return Folder(path: path, mode: "0" + String(mode, radix: 8), owner: owner.0, group: owner.1)
            }
    }
}
