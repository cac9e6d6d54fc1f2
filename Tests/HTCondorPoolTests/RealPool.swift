import Foundation
import HTCondorPool
import Testing

/// A head node and its pilots, for real, in one folder; gone at the end of the test.
///
/// HTCondor takes no jobs from root, so under root everything runs as `nobody`.
struct RealPool {
    static let condor = ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"]
    static let bundle = ProcessInfo.processInfo.environment["VC3_WORKER_BUNDLE"]
    static var isAvailable: Bool { condor != nil && bundle != nil }

    let folder: URL
    let configuration: HeadNodeConfiguration
    let key: PoolSigningKey
    private let master: SpawnedShell

    static func with(_ cluster: String, _ body: (RealPool) throws -> Void) throws {
        let folder = URL(fileURLWithPath: "/tmp/vc3-pool-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pool = try RealPool(folder: folder, cluster: cluster)
        defer {
            kill(pool.master.id, SIGQUIT)
            pool.master.wait()
        }
        #expect(pool.waits(10) { pool.tool("condor_status", "-schedd", "-af", "Name").contains("@") }, "no schedd")
        try body(pool)
    }

    private init(folder: URL, cluster: String) throws {
        self.folder = folder
        var configuration = HeadNodeConfiguration(
            releaseDirectory: try #require(Self.condor), localDirectory: folder.path + "/head", address: "127.0.0.1",
            port: try Self.freePort(), trustDomain: TrustDomain(cluster: cluster), account: .user(Self.account))
        configuration.listenAddress = "127.0.0.1"
        for (path, mode) in configuration.directories {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: NSNumber(value: mode)])
        }
        key = .random()
        let written = FileManager.default.createFile(
            atPath: configuration.signingKeyFile, contents: Data(key.fileContents),
            attributes: [.posixPermissions: NSNumber(value: 0o600)])
        try #require(written)
        try Data(configuration.rendered().utf8).write(to: URL(fileURLWithPath: configuration.configurationFile))
        self.configuration = configuration
        for path in [folder.path]
            + (try FileManager.default.subpathsOfDirectory(atPath: folder.path)).map({
                folder.path + "/" + $0
            }) where getuid() == 0
        {
            chown(path, Self.user, Self.user)
        }
        master = try SpawnedShell(
            Self.asUser(configuration.startArguments), output: folder.path + "/master.out",
            environment: Self.environment(configuration))
    }

    // MARK: As the owner

    @discardableResult func tool(_ words: String...) -> String {
        let output = folder.path + "/tool.out"
        let command = [configuration.releaseDirectory + "/bin/" + words[0]] + words.dropFirst()
        let process = try? SpawnedShell(
            Self.asUser(command), output: output, environment: Self.environment(configuration))
        process?.wait()
        return (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    }

    /// Runs a script as the pool's owner.
    func run(_ script: String) throws -> Int32 {
        let path = try file("run.sh", script, mode: 0o600)
        return try SpawnedShell(
            Self.asUser(["/bin/sh", path]), output: folder.path + "/run.out",
            environment: Self.environment(configuration)
        ).wait()
    }

    /// As the Factory does it.
    func renew(_ pilot: RealPilot, with token: PilotToken) throws {
        let fresh = try file(pilot.place.folder.lastPathComponent + "/token.new", token.text + "\n", mode: 0o600)
        try #require(rename(fresh, pilot.place.folder.path + "/token") == 0)
    }

    /// The job's output, once it has run.
    ///
    /// - Parameter more: Further lines of the description.
    func submit(_ script: String, name: String, more: String = "") throws {
        let program = try file(name + ".sh", "#!/bin/sh\n" + script + "\n", mode: 0o755)
        let description = try file(
            name + ".sub",
            """
            executable = \(program)
            initialdir = \(folder.path)
            output = \(folder.path)/\(name).out
            log = \(folder.path)/\(name).log
            request_memory = 16
            request_disk = 1024
            \(more)
            queue

            """, mode: 0o644)
        tool("condor_submit", description)
    }

    func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }

    var slots: [String] { tool("condor_status", "-af", "Name").split(separator: "\n").map(String.init) }

    // MARK: Pilots

    func token(
        of pilot: String = "p1", key: PoolSigningKey? = nil, scopes: [PilotToken.Scope] = PilotToken.Scope.pilot,
        age: TimeInterval = 0, lifetime: Duration = .seconds(600)
    ) throws -> PilotToken {
        try PilotToken.mint(
            key: key ?? self.key, trustDomain: configuration.trustDomain,
            identity: configuration.trustDomain.identity(ofPilot: pilot), scopes: scopes,
            issuedAt: Date(timeIntervalSinceNow: -age), lifetime: lifetime, id: UUID().uuidString)
    }

    /// Starts a pilot by its script, as a batch system would: the words around it say in which environment.
    func start(
        _ name: String, token: PilotToken, collector: String? = nil, linger: Int = 600, walltime: Duration? = nil,
        joinTimeout: Duration? = nil, environment: [String] = []
    ) throws -> RealPilot {
        var arguments = PilotArguments(
            collector: collector ?? configuration.collector, trustDomain: configuration.trustDomain, name: name,
            cores: 1,
            memory: 64, lingerTime: .seconds(linger), walltime: walltime)
        arguments.joinTimeout = joinTimeout
        arguments.attributes = ["VC3_Request": "it's \"q\" $(X)"]
        let pilot = RealPilot.Place(folder: folder.appending(path: name))
        for path in [pilot.folder.path, pilot.scratch.path] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            if getuid() == 0 { chown(path, Self.user, Self.user) }
        }
        let script = PilotScript(
            pilotDirectory: pilot.folder.path, bundle: try #require(Self.bundle),
            payload: .glidein(arguments, launcher: []))
        _ = try file(name + "/token", token.text + "\n", mode: 0o600)
        let path = try file(name + "/pilot.sh", script.rendered(), mode: 0o755)
        let process = try SpawnedShell(
            Self.asUser(["/bin/sh", path]), output: pilot.folder.path + "/out",
            environment: ["PATH=/usr/bin:/bin", "TMPDIR=\(pilot.scratch.path)"] + environment)
        return RealPilot(place: pilot, process: process)
    }

    func waits(_ seconds: Double, for condition: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end {
            if condition() { return true }
            usleep(50_000)
        }
        return false
    }

    // MARK: Means

    private func file(_ name: String, _ text: String, mode: mode_t) throws -> String {
        let path = folder.appending(path: name).path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
        if getuid() == 0 { chown(path, Self.user, Self.user) }
        return path
    }

    private static let user: uid_t = 65534
    private static var account: String { getuid() == 0 ? "nobody" : NSUserName() }

    private static func asUser(_ words: [String]) -> [String] {
        getuid() == 0
            ? ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "--"] + words : words
    }

    private static func environment(_ configuration: HeadNodeConfiguration) -> [String] {
        ["PATH=/usr/bin:/bin"] + configuration.environment.map { "\($0.key)=\($0.value)" }
    }

    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        try #require(bound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

struct RealPilot {
    struct Place {
        let folder: URL
        var scratch: URL { folder.appending(path: "scratch") }
    }

    let place: Place
    let process: SpawnedShell

    var report: String { (try? String(contentsOf: place.folder.appending(path: "report.json"), encoding: .utf8)) ?? "" }
    var output: String { (try? String(contentsOf: place.folder.appending(path: "out"), encoding: .utf8)) ?? "" }
    var leftovers: [String] { (try? FileManager.default.contentsOfDirectory(atPath: place.scratch.path)) ?? [] }

    func end(_ signal: Int32) -> Int32 {
        kill(process.id, signal)
        return process.wait()
    }

    /// The `condor_master` of this pilot.
    var master: pid_t? {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let id = pid_t(name),
                let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
                let text = String(data: words, encoding: .utf8), text.contains(place.scratch.path + "/"),
                text.contains("real/condor_master")
            else { continue }
            return id
        }
        return nil
    }
}
