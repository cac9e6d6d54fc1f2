import AsyncHTTPClient
import Factory
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing
import VC3Certificates
import VC3Model
import VC3Testing
import VC3Transport

@testable import FactoryLogs

/// A log server over real sockets, and people who want to read what is not theirs.
@Suite(.timeLimit(.minutes(3))) struct LogServerTests {
    private static let ana = Identity(role: .user, name: "ana")
    private static let ben = Identity(role: .user, name: "ben")
    private static let root = Identity(role: .admin, name: "root")

    @Test func eachReaderGetsTheirOwn() async throws {
        try await Self.serving { (server: Server) async throws in
            let own = "/2026-11-27/run.workers.ana/p1.out"
            let queue = "/2026-11-27/afile/1.0"
            #expect(try await server.get(own, as: Self.ana).body.hasSuffix("one\ntwo\n"))
            for path in [own, queue + ".out", queue + ".jdl"] {
                #expect(try await server.get(path, as: Self.root).status == 200, "\(path)")
            }
            #expect(try await server.get(queue + ".out", as: Identity(role: .user, name: "reader")).status == 200)
            let others: [(String, Identity)] = [
                (own, Self.ben), (own, Identity(role: .user, name: "reader")), (queue + ".out", Self.ana),
                (queue + ".jdl", Identity(role: .user, name: "reader")), (own, Identity(role: .factory, name: "f")),
                (own, Identity(role: .portal, name: "ana")), (own, Identity(role: .agent, name: "ana")),
            ]
            let missing = try await server.get("/2026-11-27/run.workers.ana/none.out", as: Self.ben)
            for (path, reader) in others {
                // Not even whether it is there.
                #expect(try await server.get(path, as: reader) == missing, "\(reader) \(path)")
            }
        }
    }

    @Test func thereIsNoWayAround() async throws {
        try await Self.serving { (server: Server) async throws in
            // What a job of the queue of files might leave there.
            let folder = server.base + "/2026-11-27/run.workers.ben"
            let secret = server.base + "/../secret.txt"
            try FileManager.default.createSymbolicLink(atPath: folder + "/link.out", withDestinationPath: secret)
            try FileManager.default.createSymbolicLink(
                atPath: server.base + "/2026-11-27/linked",
                withDestinationPath: server.base + "/2026-11-27/run.workers.ana")
            try FileManager.default.linkItem(atPath: secret, toPath: folder + "/hard.out")
            #expect(mkfifo(folder + "/pipe.out", 0o600) == 0)
            #expect(try await server.get("/2026-11-27/run.workers.ben/p2.out", as: Self.ben).status == 200)
            for path in [
                "/../secret.txt", "/%2e%2e/secret.txt", "/2026-11-27/run.workers.ben/..%2f..%2f..%2fsecret.txt",
                "/2026-11-27/run.workers.ben/../run.workers.ana/p1.out",
                "/2026-11-27/run.workers.ben/%2e%2e/run.workers.ana/p1.out",
                "/2026-11-27/run.workers.ben%2f..%2frun.workers.ana/p1.out",
                "/2026-11-27/run.workers.ben/..%5c..%5csecret.txt", "/2026-11-27/run.workers.ben/link.out",
                "/2026-11-27/run.workers.ben/hard.out", "/2026-11-27/run.workers.ben/pipe.out",
                "/2026-11-27/linked/p1.out", "/2026-11-27/run.workers.ben/.owner", "/2026-11-27/run.workers.ana",
                "/2026-11-27/run.workers.ana/", "/2026-11-27/run.workers.ben/p2.out%00.jdl", "/queues.conf",
                "/etc/passwd",
                "/2026-11-27/run.workers.ben/p2.out/", "/?path=/etc/passwd/..", "/2026-11-27//run.workers.ana/p1.out",
            ] {
                let answer = try await server.get(path, as: Self.ben)
                #expect(!answer.body.contains("hidden") && !answer.body.contains("one\ntwo"), "\(path)")
                #expect(answer.status == 404 || path.hasPrefix("/?"), "\(path)")
            }
            // The link is nobody's to follow, not even an administrator's.
            #expect(try await server.get("/2026-11-27/run.workers.ben/link.out", as: Self.root).status == 404)
        }
    }

    @Test func nobodyComesInWithoutAGoodCertificate() async throws {
        try await Self.serving { (server: Server) async throws in
            await #expect(throws: (any Error).self) { try await server.get("/", with: server.stranger()) }
            let (certificate, key) = try server.authority.issue(role: "user", name: "ana")
            let credentials = try TLSCredentials(
                certificatePEM: certificate.pem, keyPEM: key.pem, trustedPEM: server.authority.issuer.certificate.pem)
            let path = "/2026-11-27/run.workers.ana/p1.out"
            #expect(try await server.get(path, with: credentials).status == 200)
            let list = try server.authority.issuer.revocationList(
                [.init(serial: certificate.serial, date: Date(), reason: .unspecified)], number: 1, at: Date(),
                lifetime: .days(1))
            let lists = try server.authority.credentials(Self.root).revocationLists(pem: list.pem, from: "test")
            _ = server.tls.hear(lists)
            await #expect(throws: (any Error).self) { try await server.get(path, with: credentials) }
            #expect(try await server.get(path, as: Self.ana).status == 200)
            // Of another authority, under the same name.
            let foreign = try TestAuthority().credentials(Self.ana, trusting: server.authority)
            await #expect(throws: (any Error).self) { try await server.get(path, with: foreign) }
        }
    }

    @Test func foldersShowWhatTheReaderMayRead() async throws {
        try await Self.serving { (server: Server) async throws in
            let day = try await server.get("/2026-11-27/", as: Self.ana)
            #expect(day.body.contains("run.workers.ana") && !day.body.contains("ben") && !day.body.contains("afile"))
            let queue = try await server.get("/2026-11-27/run.workers.ana", as: Self.ana)
            #expect(queue.body.contains("p1.out") && !queue.body.contains(".owner"))
            #expect(queue.headers["x-robots-tag"] == "noindex, nofollow")
            #expect(queue.headers["content-security-policy"] == "default-src 'none'; sandbox")
            #expect(try await server.get("/robots.txt", as: Self.ana).body == "User-agent: *\nDisallow: /\n")
            #expect(try await server.get("/", as: Self.ana).body.contains("href=\"/2026-11-27/\""))
        }
    }

    @Test func withoutAnIndexOnlyWhoKnowsTheNameReads() async throws {
        try await Self.serving(hasIndex: false, allowsRobots: true) { (server: Server) async throws in
            for path in ["/", "/2026-11-27/", "/2026-11-27/run.workers.ana/"] {
                #expect(try await server.get(path, as: Self.ana).status == 404)
            }
            #expect(try await server.get("/2026-11-27/run.workers.ana/p1.out", as: Self.ana).status == 200)
            #expect(try await server.get("/robots.txt", as: Self.ana).body == "User-agent: *\nDisallow:\n")
        }
    }

    @Test func noSecretIsServed() async throws {
        try await Self.serving { (server: Server) async throws in
            let lines =
                "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln y\n-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n"
                + "-----END PRIVATE KEY-----\n" + String(repeating: "z", count: 200_000) + "\nlast"
            try Data(lines.utf8).write(to: URL(filePath: server.base + "/2026-11-27/afile/2.0.out"))
            let answer = try await server.get("/2026-11-27/afile/2.0.out", as: Self.root)
            #expect(answer.body.hasPrefix("x [token] y\n[private key]\nzzz"))
            #expect(answer.body.hasSuffix("z\nlast"))
            #expect(!answer.body.contains("c2VjcmV0"))
        }
    }

    private struct Server {
        var base: String
        var authority: TestAuthority
        var tls: MutualTLSServer
        var port: Int

        struct Answer: Equatable {
            var status: Int
            var body: String
            var headers: [String: String]

            static func == (left: Answer, right: Answer) -> Bool {
                (left.status, left.body) == (right.status, right.body)
            }
        }

        func stranger() throws -> TLSCredentials { try TLSCredentials(trustedPEM: authority.issuer.certificate.pem) }

        func get(_ path: String, as identity: Identity) async throws -> Answer {
            try await get(path, with: authority.credentials(identity))
        }

        func get(_ path: String, with credentials: TLSCredentials) async throws -> Answer {
            let client = MutualTLSClient(credentials, connectTimeout: .seconds(60), silence: .seconds(60))
            let request = HTTPClientRequest(url: "https://localhost:\(port)\(path)")
            let response = try await client.execute(request, deadline: .now() + .seconds(60))
            let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
            let headers = Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
            try await client.shutdown()
            return Answer(status: Int(response.status.code), body: body, headers: headers)
        }
    }

    private static func serving(
        hasIndex: Bool = true, allowsRobots: Bool = false, _ body: @escaping @Sendable (Server) async throws -> Void
    ) async throws {
        try await withScratchPath { scratch in
            let base = scratch + "/logs"
            try await LogWriter(LogLayout(base: base, address: "")).keep([
                LogWriterTests.output("p1"), LogWriterTests.output("p2", queue: "run.workers.ben", owner: "ben"),
            ])
            let files = base + "/2026-11-27/afile"
            try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
            for name in ["1.0.out", "1.0.jdl"] { try Data("job\n".utf8).write(to: URL(filePath: "\(files)/\(name)")) }
            try Data("hidden".utf8).write(to: URL(filePath: scratch + "/secret.txt"))
            let authority = try TestAuthority()
            let tls = try MutualTLSServer(authority.credentials(role: "host", name: "localhost"))
            let (ports, listening) = AsyncStream<Int>.makeStream()
            let place = LogServerPlace(
                host: "127.0.0.1", port: 0, audience: LogAudience(readers: ["reader"]), hasIndex: hasIndex,
                allowsRobots: allowsRobots
            ) { listening.yield($0) }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let server = LogServer(base, tls: tls, at: place, logger: logger)
            let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for await port in ports {
                    try await body(Server(base: base, authority: authority, tls: tls, port: port))
                    break
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}
