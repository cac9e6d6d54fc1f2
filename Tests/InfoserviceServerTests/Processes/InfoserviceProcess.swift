import Foundation
import InfoserviceAPI
import InfoserviceClient
import Synchronization
import VC3Certificates
import VC3Model
import VC3Testing

/// The built `vc3-infoservice` as a process of its own, with configuration, log and certificates in a folder of its own.
/// Its port stays the same over restarts.
final class InfoserviceProcess: Sendable {
    let authority: TestAuthority
    let port: Int
    let configuration: String
    private let folder: URL
    private let current = Mutex<Process?>(nil)

    /// - Parameter settings: What the configuration file has beside the network, e.g. `[persistence]`.
    init(in folder: URL, authority: TestAuthority, settings: String) throws {
        self.authority = authority
        self.folder = folder
        // Below the range from which the kernel takes ports for others while it is down.
        port = Int.random(in: 20_000..<32_000)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (certificate, key) = try authority.pem(role: "host", name: "localhost")
        let files = ["host.pem": certificate, "host.key": key, "ca.pem": authority.issuer.certificate.pem, "log": ""]
        for (name, text) in files {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        let file = folder.appending(path: "infoservice.conf")
        configuration = file.path
        try """
        [netcomm]
        bind = 127.0.0.1
        httpsport = \(port)
        certfile = \(folder.path)/host.pem
        keyfile = \(folder.path)/host.key
        chainfile = \(folder.path)/ca.pem

        \(settings)
        """.write(to: file, atomically: true, encoding: .utf8)
    }

    /// It lies beside the program that runs the tests.
    static func program() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "vc3-infoservice").path
    }

    var address: ServiceAddress { ServiceAddress(host: "127.0.0.1", port: port) }
    var identifier: Int32? { current.withLock { $0?.processIdentifier } }
    var log: String { (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "" }

    /// Starts it, and returns once it answers.
    func start(_ options: [String] = []) async throws {
        let process = Process()
        process.executableURL = URL(filePath: try Self.program())
        process.arguments = ["--conf", configuration] + options
        let path = folder.appending(path: "log").path
        let log = try FileHandle(forWritingTo: URL(filePath: path))
        try log.seekToEnd()
        process.standardError = log
        process.standardOutput = log
        process.standardInput = FileHandle.nullDevice
        try process.run()
        current.withLock { $0 = process }
        let client = try client([address], .admin)
        while process.isRunning {
            if (try? await client.records(.lease)) != nil { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await client.shutdown()
        guard process.isRunning else { throw VC3Error(.internal, "vc3-infoservice ended: \(self.log)") }
    }

    /// Ends it with a signal and waits until it is gone.
    func end(_ signal: Int32) async throws {
        guard let process = current.withLock({ $0.take() }) else { return }
        kill(process.processIdentifier, signal)
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// A client that knows these addresses, in this order.
    func client(_ addresses: [ServiceAddress], _ identity: Identity) throws -> RemoteInfoservice {
        try RemoteInfoservice(addresses, credentials: authority.credentials(identity), timeouts: .patient)
    }
}

/// Runs `body` with processes that are gone afterwards, however it ends.
func withProcesses(_ processes: [InfoserviceProcess], _ body: () async throws -> Void) async throws {
    do { try await body() } catch {
        for process in processes { try? await process.end(SIGKILL) }
        throw error
    }
    for process in processes { try await process.end(SIGKILL) }
}
