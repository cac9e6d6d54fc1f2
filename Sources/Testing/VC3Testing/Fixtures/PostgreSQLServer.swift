import Foundation
import VC3Model

/// A real PostgreSQL server of the test's own, on a Unix socket only, run by an ordinary user.
public struct PostgreSQLServer: Sendable {
    private let folder: String
    private let programs: String

    /// Where Debian puts the programs; the newest version. `nil` without any.
    public static var installed: String? {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.compactMap(Int.init).max().map { "\(root)/\($0)/bin" }
    }

    /// A new, empty database.
    public func database(_ name: String) async throws -> String {
        try await sql("CREATE DATABASE \(name) ENCODING 'UTF8' TEMPLATE template0")
        return "host=\(folder) user=vc3 dbname=\(name)"
    }

    /// Where it listens.
    public var socket: String { folder + "/.s.PGSQL.5432" }

    /// All that the server keeps, database files and write-ahead log.
    public var data: String { folder + "/data" }

    /// Everything in a database, as `pg_dump` writes it.
    public func dump(_ database: String) async throws -> String {
        let outcome = try await Tool.run(["\(programs)/pg_dump", "-h", folder, "-U", "vc3", database])
        guard outcome.status == 0 else { throw VC3Error(.internal, "pg_dump: \(outcome.output)") }
        return outcome.output
    }

    /// - Returns: The first column of all rows.
    @discardableResult
    public func sql(_ text: String, in database: String = "postgres") async throws -> [String] {
        let outcome = try await Tool.run(
            ["\(programs)/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "vc3", database, "-c", text])
        guard outcome.status == 0 else { throw VC3Error(.internal, "psql: \(outcome.output)") }
        return outcome.output.split(separator: "\n").map(String.init)
    }

    public func start() async throws {
        let options = "-k \(folder) -c listen_addresses= -c fsync=off"
        try await run([
            "\(programs)/pg_ctl", "-D", folder + "/data", "-l", folder + "/log", "-o", options, "-w", "start",
        ])
    }

    /// - Parameter isCrash: Without a checkpoint, as a lost machine would.
    public func stop(isCrash: Bool = false) async throws {
        try await run([
            "\(programs)/pg_ctl", "-D", folder + "/data", "-m", isCrash ? "immediate" : "fast", "-w", "stop",
        ])
    }

    /// Runs `body` with a server that goes afterwards.
    public static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (PostgreSQLServer) async throws -> Result
    ) async throws -> Result {
        guard let programs = installed else {
            throw VC3Error(.unavailable, "there is no PostgreSQL server on this machine; see Tools/packages.txt")
        }
        // Short, because the path of a socket is limited; readable, because the server is not root.
        let folder = "/tmp/vc3-pg-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if geteuid() == 0, let nobody = getpwnam("nobody") {
            chown(folder, nobody.pointee.pw_uid, nobody.pointee.pw_gid)
        }
        let server = PostgreSQLServer(folder: folder, programs: programs)
        try await server.run([
            "\(programs)/initdb", "-D", folder + "/data", "-U", "vc3", "-A", "trust", "--no-sync", "--locale=C",
        ])
        try await server.start()
        do {
            let result = try await body(server)
            try await server.stop(isCrash: true)
            return result
        } catch {
            try? await server.stop(isCrash: true)
            throw error
        }
    }

    /// As an ordinary user: PostgreSQL refuses to run as root.
    private func run(_ command: [String]) async throws {
        let user = geteuid() == 0 ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] : []
        let outcome = try await Tool.run(user + command)
        guard outcome.status == 0 else { throw VC3Error(.internal, "\(command[0]): \(outcome.output)") }
    }
}
