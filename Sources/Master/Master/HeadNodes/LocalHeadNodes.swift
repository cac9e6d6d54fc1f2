import Foundation
import HTCondorPool
import VC3Certificates
import VC3Commands
import VC3Model

/// Head nodes as processes of this account on this machine: an HTCondor central manager and schedd each, in a folder
/// of its own. They live on when the Master ends, and are found again.
struct LocalHeadNodes: HeadNodeProvider {
    static let name = "local"
    var name: String { Self.name }

    let prefix: String
    let folders: HeadNodeFolders
    /// `nil`: the address of this machine on the way to the first site.
    let address: String?
    let ports: PortReservations
    private let runner = LocalRunner()

    // MARK: - Choosing

    func prepare(_ order: HeadNodeOrder, recorded: JSONValue) async throws -> JSONValue {
        if let port = recorded["port"]?.intValue, recorded["address"]?.stringValue != nil {
            await ports.note(port, for: order.request)
            return recorded
        }
        // A nodeset that was deleted under a running head node comes back with the same port.
        let standing = try await self.standing(order.request)
        let port: Int
        if let known = standing?.port {
            port = known
            await ports.note(port, for: order.request)
        } else {
            port = try await ports.reserve(for: order.request)
        }
        let host: String
        if let known = standing?.address ?? address {
            host = known
        } else {
            host = try await SourceAddress.toward(order.siteHosts)
        }
        return ["port": .integer(port), "address": .string(host)]
    }

    // MARK: - Starting

    func ensure(
        _ order: HeadNodeOrder, detail: JSONValue, progress: @escaping @Sendable (String) async -> Void
    ) async throws -> HeadNodeState {
        guard let port = detail["port"]?.intValue, let address = detail["address"]?.stringValue else {
            throw VC3Error(.internal, "the head node of \(order.request) has no port written down")
        }
        let configuration = configuration(of: order, address: address, port: port)
        let files = LocalHeadNodeFiles(configuration: configuration)
        if files.answersExist, CondorDaemons.isMaster(files.masterPID, of: configuration.configurationFile) {
            return .ready(address: address, port: port)
        }
        if CondorDaemons.of(configuration.configurationFile).isEmpty {
            guard PortReservations.isFree(port) else {
                return .blocked(
                    reason: "PortTaken",
                    "port \(port) of this machine, recorded for this head node, is used by another program; end it",
                    mender: .operator)
            }
            let standing = Standing(port: port, address: address)
            try await WaitingThread.run {
                try files.write(
                    signingKey: order.signingKey, refusing: RefusedPilots(order.refused, in: order.trustDomain))
                try SecretFile.write(
                    JSONEncoder().encode(standing), to: folders.path(order.request) + "/standing.json", mode: 0o600,
                    replacing: true)
            }
            try await start(configuration)
        }
        return try await awaited(configuration, files)
    }

    /// What stays the same as long as the folder stands.
    private struct Standing: Codable {
        var port: Int
        var address: String
    }

    private func standing(_ request: String) async throws -> Standing? {
        let file = folders.path(request) + "/standing.json"
        return try await WaitingThread.run {
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return try JSONDecoder().decode(Standing.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        }
    }

    private func configuration(of order: HeadNodeOrder, address: String, port: Int) -> HeadNodeConfiguration {
        var configuration = HeadNodeConfiguration(
            releaseDirectory: prefix, localDirectory: localDirectory(order.request), address: address, port: port,
            trustDomain: order.trustDomain, account: .user(NSUserName()))
        if address.hasPrefix("127.") { configuration.listenAddress = address }
        return configuration
    }

    private func localDirectory(_ request: String) -> String { folders.path(request) + "/condor" }

    /// Starts condor_master in a session of its own, so that nothing that happens to this process reaches it.
    private func start(_ configuration: HeadNodeConfiguration) async throws {
        let arguments = [
            configuration.releaseDirectory + "/sbin/condor_master", "-f", "-pidfile",
            LocalHeadNodeFiles(configuration: configuration).pidFile,
        ]
        // The daemons keep logs of their own; this one is for what comes before them.
        let output = configuration.localDirectory + "/log/start"
        let result = try await runner.run(
            Command(
                ["/bin/sh", "-c", #"o=$1; shift; exec setsid -f "$@" </dev/null >"$o" 2>&1"#, "sh", output] + arguments,
                environment: configuration.environment, workingDirectory: configuration.localDirectory,
                timeout: .seconds(20)))
        guard result.succeeded else {
            throw VC3Error(.unavailable, "cannot start condor_master: \(result.errorOutput.prefix(300)); see \(output)")
        }
    }

    /// Looks until the collector and the schedd answer; after ten seconds somebody else gets a turn.
    private func awaited(
        _ configuration: HeadNodeConfiguration, _ files: LocalHeadNodeFiles
    ) async throws -> HeadNodeState {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
            guard files.answersExist else { continue }
            let answer = try? await runner.run(
                tool("condor_status", ["-schedd", "-af", "Name"], configuration.configurationFile))
            if let answer, answer.succeeded, !answer.output.isEmpty {
                return .ready(address: configuration.address, port: configuration.port)
            }
        }
        let log = configuration.localDirectory + "/log"
        return .starting("the HTCondor daemons have not answered yet; their logs are in \(log)")
    }

    private func tool(_ program: String, _ arguments: [String], _ configurationFile: String) -> Command {
        Command(
            [prefix + "/bin/" + program] + arguments, environment: ["CONDOR_CONFIG": configurationFile],
            timeout: .seconds(20))
    }

    // MARK: - Refusing

    func refusePilots(of order: HeadNodeOrder, detail: JSONValue) async throws {
        let folder = localDirectory(order.request)
        let refused = RefusedPilots(order.refused, in: order.trustDomain)
        let result = try await runner.run(
            Command(
                ["/bin/sh", "-s"],
                input: Array(refused.script(releaseDirectory: prefix, localDirectory: folder).utf8),
                environment: ["CONDOR_CONFIG": folder + "/condor_config"], timeout: .seconds(60)))
        guard result.succeeded else {
            throw VC3Error(
                .unavailable,
                "the head node of \(order.request) cannot be made to refuse pilots: \(result.errorOutput.prefix(300))")
        }
    }

    // MARK: - Counting

    func workers(of request: String, detail: JSONValue) async throws -> Int {
        let file = localDirectory(request) + "/condor_config"
        let result = try await runner.run(tool("condor_status", PoolQuery.arguments, file))
        guard result.succeeded else {
            throw VC3Error(
                .unavailable, "the collector of \(request) does not answer: \(result.errorOutput.prefix(300))")
        }
        return PoolQuery.workers(in: result.output)
    }

    // MARK: - Removing

    func remove(_ request: String, detail: JSONValue) async throws {
        let file = localDirectory(request) + "/condor_config"
        // QUIT is HTCondor's fast shutdown: all pilots are gone, so nothing is left to be graceful about.
        CondorDaemons.signal(SIGQUIT, to: CondorDaemons.of(file).filter { $0.name == "condor_master" })
        let deadline = ContinuousClock.now + .seconds(3)
        while !CondorDaemons.of(file).isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        for _ in 0..<50 {
            let left = CondorDaemons.of(file)
            if left.isEmpty { break }
            CondorDaemons.signal(SIGKILL, to: left)
            try await Task.sleep(for: .milliseconds(20))
        }
        guard CondorDaemons.of(file).isEmpty else {
            throw VC3Error(.unavailable, "daemons of the head node of \(request) do not end")
        }
        try await folders.remove(request)
        await ports.release(request)
    }
}
