import Foundation
import Testing
import VC3Commands

/// A real sshd of this machine on a loopback port, for this user, thrown away with its folder.
final class SSHServer: Sendable {
    static let program = "/usr/sbin/sshd"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    let folder: String
    let port: Int
    let user: String
    let userKey: [UInt8]
    let hostKey: PinnedHostKey
    private let process: Process

    init(in parent: String, name: String = "sshd", options: [String] = []) async throws {
        folder = "\(parent)/\(name)"
        user = NSUserName()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // sshd(8) as root separates privileges in this folder, which boot scripts make.
        if geteuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        let local = LocalRunner()
        for key in ["host", "user"] {
            let made = try await local.run(
                Command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)"]))
            try #require(made.succeeded, "\(made)")
        }
        try FileManager.default.copyItem(atPath: "\(folder)/user.pub", toPath: "\(folder)/authorized_keys")
        userKey = try Array(Data(contentsOf: URL(filePath: "\(folder)/user")))
        hostKey = try #require(PinnedHostKey(line: String(contentsOfFile: "\(folder)/host.pub", encoding: .utf8)))
        port = try Self.freePort()
        let configuration =
            [
                "ListenAddress 127.0.0.1", "Port \(port)", "HostKey \(folder)/host", "PidFile none",
                "AuthorizedKeysFile \(folder)/authorized_keys", "StrictModes no", "UsePAM no", "PermitRootLogin yes",
                "PasswordAuthentication no", "KbdInteractiveAuthentication no", "LogLevel VERBOSE", "PrintMotd no",
                "MaxStartups 100",
            ] + options
        try configuration.joined(separator: "\n").write(toFile: "\(folder)/config", atomically: true, encoding: .utf8)
        process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["-D", "-f", "\(folder)/config", "-E", "\(folder)/log"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await eventually("sshd listens") { self.log.contains("Server listening") }
    }

    deinit { stop() }

    func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }
    var logins: Int { log.components(separatedBy: "Accepted publickey").count - 1 }
    /// Sessions that were started on all connections.
    var sessions: Int { log.components(separatedBy: "Starting session: ").count - 1 }
    var knocks: Int { log.components(separatedBy: "Connection from").count - 1 }

    func endpoint(hostKey: PinnedHostKey?? = .none, gateway: SSHHop? = nil) -> SSHEndpoint {
        let key: PinnedHostKey? = if case .some(let other) = hostKey { other } else { self.hostKey }
        return SSHEndpoint(host: "127.0.0.1", port: port, user: user, hostKey: key, gateway: gateway)
    }

    func session(
        in folder: String, endpoint: SSHEndpoint? = nil, key: [UInt8]? = nil, limits: SSHLimits = SSHLimits()
    ) -> SSHSession {
        SSHSession(
            endpoint: endpoint ?? self.endpoint(), credentials: SSHCredentials(privateKey: key ?? userKey),
            folder: folder,
            limits: limits)
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(bound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A folder of the test's own; kept when `VC3_KEEP_SCRATCH` is set.
func withScratchFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/vc3t-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let path = String(cString: made)
    defer {
        if ProcessInfo.processInfo.environment["VC3_KEEP_SCRATCH"] == nil {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
    return try await body(path)
}

func withServer<Result>(
    options: [String] = [], _ body: (SSHServer, String) async throws -> Result
) async throws -> Result {
    try await withScratchFolder { folder in
        let server = try await SSHServer(in: folder, options: options)
        defer { server.stop() }
        return try await body(server, folder)
    }
}

/// Waits for something that another process does; fails after a minute.
func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    let start = ContinuousClock.now
    while try await !holds() {
        try #require(start.duration(to: .now) < .seconds(60), "not yet after a minute: \(what)")
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The pids of this machine's processes whose command line contains `text`.
func processes(with text: String) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
        guard pid != getpid(), let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
            return false
        }
        return String(decoding: line.map { $0 == 0 ? 32 : $0 }, as: UTF8.self).contains(text)
    }
}

/// The pid of the connection that belongs to the session in `folder`.
func masterPID(_ folder: String) async throws -> Int32 {
    let check = try await LocalRunner().run(Command(["ssh", "-F", "\(folder)/config", "-O", "check", "target"]))
    let digits = try #require(check.errorOutput.split(separator: "pid=").last).prefix { $0.isNumber }
    return try #require(Int32(digits), "\(check)")
}

func error(of body: () async throws -> Void) async throws -> CommandError {
    do { try await body() } catch let error as CommandError { return error }
    Issue.record("no error was thrown")
    return CommandError(.localFailure, "none")
}
