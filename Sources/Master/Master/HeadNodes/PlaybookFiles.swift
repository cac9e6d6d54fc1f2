import Crypto
import Foundation
import HTCondorPool
import VC3Certificates
import VC3Commands
import VC3Model

/// What a playbook about one head node is given, and what it leaves: files in the head node's folder.
struct PlaybookFiles: Sendable {
    let host: SSHHeadNodeHost
    let folder: String
    private let variables: [String: JSONValue]
    private let configuration: String

    var log: String { folder + "/playbook.log" }
    var variablesFile: String { folder + "/variables.json" }
    var knownHostsFile: String { folder + "/known_hosts" }
    /// Empty: the machine's own Ansible settings are for other purposes.
    var ansibleSettingsFile: String { folder + "/ansible.cfg" }
    private var configurationFile: String { folder + "/condor_config" }
    private var fingerprintFile: String { folder + "/prepared" }

    init(host: SSHHeadNodeHost, order: HeadNodeOrder, folder: String) {
        self.host = host
        self.folder = folder
        // The playbook puts the number of the account that it makes in the place of these.
        configuration =
            HeadNodeConfiguration(
                releaseDirectory: HeadNodeSession.root + "/condor", localDirectory: HeadNodeSession.root + "/local",
                address: host.address, port: host.poolPort, trustDomain: order.trustDomain,
                account: .root(daemonUserID: 0, daemonGroupID: 0)
            ).rendered()
        variables = [
            "request_name": .string(order.request),
            "request_owner": .string(order.owner),
            "headnode_ip": .string(host.address),
            "setup_user_name": .string(host.user),
            "production_keys": .object(order.users.mapValues { .string($0) }),
            "builder_options": .string(order.packages.map { "--require " + $0 }.joined(separator: " ")),
            "shared_secret_file": .string(folder + "/signing-key"),
            "globusvc3_mapfile": .object(
                Dictionary(order.identities.map { ($1, .string($0)) }, uniquingKeysWith: { first, _ in first })),
        ]
    }

    /// For taking everything away again, which needs the request's name alone.
    init(host: SSHHeadNodeHost, removing request: String, folder: String) {
        self.host = host
        self.folder = folder
        configuration = ""
        variables = ["request_name": .string(request), "setup_user_name": .string(host.user)]
    }

    /// Tells two sets of variables apart.
    var fingerprint: String {
        let text = ((try? JSONValue.object(variables).data()) ?? Data()) + Data(configuration.utf8)
        return Data(SHA256.hash(data: text)).base64EncodedString()
    }

    func recordedFingerprint() async throws -> String? {
        try await WaitingThread.run { [fingerprintFile] in
            guard FileManager.default.fileExists(atPath: fingerprintFile) else { return nil }
            return try String(contentsOfFile: fingerprintFile, encoding: .utf8)
        }
    }

    func record(fingerprint: String) async throws {
        try await WaitingThread.run { [fingerprintFile] in
            try SecretFile.write(fingerprint, to: fingerprintFile, mode: 0o600, replacing: true)
        }
    }

    /// Writes what the playbook reads. Variables go in a file, not in arguments, which everybody can read.
    func write(archive: String?) async throws {
        var all = variables
        all["ansible_port"] = .integer(host.port)
        all["ansible_user"] = .string(host.user)
        all["pool_configuration"] = .string(configurationFile)
        if let archive { all["condor_archive"] = .string(archive) }
        let text = try JSONValue.object(all).data()
        let name = host.port == 22 ? host.address : "[\(host.address)]:\(host.port)"
        guard let key = PinnedHostKey(line: host.hostKey) else {
            throw VC3Error(.invalid, "the host key configured for \(host.name) is no host key line")
        }
        try await WaitingThread.run { [self] in
            try SecretFile.makeDirectory(folder)
            try SecretFile.write(text, to: variablesFile, mode: 0o600, replacing: true)
            try SecretFile.write(configuration, to: configurationFile, mode: 0o600, replacing: true)
            try SecretFile.write("[defaults]\n", to: ansibleSettingsFile, mode: 0o600, replacing: true)
            try SecretFile.write("\(name) \(key.line)\n", to: knownHostsFile, mode: 0o600, replacing: true)
        }
    }
}
