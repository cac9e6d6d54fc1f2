import Foundation
import HTCondorPool
import VC3Commands
import VC3Model

/// Asks a head node host, over one connection that stays open.
actor HeadNodeSession {
    /// Everything of ours on the host lies here.
    static let root = "/opt/vc3/headnode"

    private let host: SSHHeadNodeHost
    private let folder: String
    private var session: SSHSession?

    init(host: SSHHeadNodeHost, folder: String) {
        self.host = host
        self.folder = folder
    }

    /// The request that the host serves, if any.
    func currentRequest() async throws(CommandError) -> String? {
        let result = try await run(.shell("cat \(Self.root)/request 2>/dev/null || echo"))
        let name = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return name.isEmpty ? nil : name
    }

    /// Whether the pool's collector and schedd answer.
    func answers() async throws(CommandError) -> Bool {
        let result = try await run(.shell("\(Self.tool) -schedd -af Name", timeout: .seconds(30)))
        return result.succeeded && !result.output.isEmpty
    }

    func workers() async throws -> Int {
        let query = PoolQuery.arguments.map { "'\($0)'" }.joined(separator: " ")
        let result = try await run(.shell("\(Self.tool) \(query)", timeout: .seconds(30)))
        guard result.succeeded else {
            throw VC3Error(
                .unavailable, "the collector at \(host.address) does not answer: \(result.errorOutput.prefix(300))")
        }
        return PoolQuery.workers(in: result.output)
    }

    /// Has the pool refuse these pilots and no others.
    func refuse(_ refused: RefusedPilots) async throws {
        let script = refused.script(releaseDirectory: Self.root + "/condor", localDirectory: Self.root + "/local")
        // The pool is root's, and so are its files. Its tools would become the daemons' account, which may not administer it,
        // unless they are told that this is root (HTCondor manual, `CONDOR_IDS`).
        let variables = "CONDOR_CONFIG=\(Self.root)/local/condor_config CONDOR_IDS=0.0"
        let shell = "[ $(id -u) = 0 ] && exec env \(variables) /bin/sh -s; exec sudo -n \(variables) /bin/sh -s"
        let result = try await run(.shell(shell, input: Array(script.utf8)))
        guard result.succeeded else {
            throw VC3Error(
                .unavailable,
                "the head node at \(host.address) cannot be made to refuse pilots: \(result.errorOutput.prefix(300))")
        }
    }

    private static let tool = "CONDOR_CONFIG=\(root)/local/condor_config \(root)/condor/bin/condor_status"

    /// Logs out. The next question logs in again.
    func close() async {
        let closing = session
        session = nil
        await closing?.close()
    }

    private func run(_ command: Command) async throws(CommandError) -> CommandResult {
        try await opened().run(command)
    }

    private func opened() async throws(CommandError) -> SSHSession {
        if let session { return session }
        guard let hostKey = PinnedHostKey(line: host.hostKey) else {
            throw CommandError(.hostKeyUnknown, "the host key configured for \(host.name) is no host key line")
        }
        let bytes: [UInt8]
        do {
            bytes = try await WaitingThread.run { [host] in
                [UInt8](try Data(contentsOf: URL(fileURLWithPath: host.keyFile)))
            }
        } catch {
            throw CommandError(.authenticationRefused, "cannot read the private key \(host.keyFile)")
        }
        // Another caller may have opened it meanwhile.
        if let session { return session }
        let made = SSHSession(
            endpoint: SSHEndpoint(host: host.address, port: host.port, user: host.user, hostKey: hostKey),
            credentials: SSHCredentials(privateKey: bytes), folder: folder)
        session = made
        return made
    }
}
