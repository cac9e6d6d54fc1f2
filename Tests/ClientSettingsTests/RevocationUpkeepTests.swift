import Enrolling
import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import Testing
import VC3Certificates
import VC3Configuration
import VC3Model
import VC3Testing
import VC3Transport

@testable import ClientSettings

/// A client program keeps what authorities take back up to date by itself, whether it runs for a moment or for long.
@Suite(.timeLimit(.minutes(5)))
struct RevocationUpkeepTests {
    /// The configuration of `ana` at a running server, her files, and a list that can be published there.
    private struct Bench {
        let running: RunningInfoservice
        let folder: String
        let master: InfoserviceSession
        let configuration: ClientConfiguration

        var list: String { folder + "/vc3.crl.pem" }

        init(_ running: RunningInfoservice, _ folder: String, more: String = "") async throws {
            self.running = running
            self.folder = folder
            master = InfoserviceSession(identity: Identity(role: .master, name: "m"), engine: running.engine)
            _ = try await master.create(Authority.self, "defaultca", owner: nil, spec: .init())
            let (certificate, key) = try running.authority.pem(role: "user", name: "ana")
            try certificate.write(toFile: folder + "/cert.pem", atomically: true, encoding: .utf8)
            try key.write(toFile: folder + "/key.pem", atomically: true, encoding: .utf8)
            try running.authority.issuer.certificate.pem.write(
                toFile: folder + "/chain.pem", atomically: true, encoding: .utf8)
            let text = """
                [netcomm]
                chainfile = \(folder)/chain.pem
                certfile = \(folder)/cert.pem
                keyfile = \(folder)/key.pem
                infohost = localhost
                httpsport = \(running.port)
                \(more)
                """
            configuration = try ClientConfiguration.load(
                INIDocument(parsing: text, file: "c.conf"), homeDirectory: folder
            ).settings
        }

        func publish(_ serials: [String], number: Int) async throws {
            var entity = try await master.entity(Authority.self, "defaultca")
            entity.status.crl = try running.authority.issuer.revocationList(
                serials.map { .init(serial: $0, date: Date(), reason: .keyCompromise) }, number: number, at: Date()
            ).pem
            _ = try await master.writeStatus(of: entity)
        }

        /// What a program that starts now would know.
        func known() throws -> RevocationLists {
            try #require(configuration.kept).lists(
                trustedBy: running.authority.credentials(.ana))
        }
    }

    private static func withBench(
        more: String = "", _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        try await withScratchPath { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try await withStore { store in
                try await withRunningInfoservice(on: store) { running in
                    try await body(Bench(running, folder, more: more))
                }
            }
        }
    }

    @Test func aCommandBringsTheListForTheNextOne() async throws {
        try await Self.withBench { bench in
            try await bench.configuration.withInfoservice { _ = try await $0.records(.nodeinfo) }
            #expect(!FileManager.default.fileExists(atPath: bench.list), "there is none yet")
            try await bench.publish(["0A"], number: 1)
            try await bench.configuration.withInfoservice { _ = try await $0.records(.nodeinfo) }
            #expect(try bench.known().count == 1)
            // Within a minute, it is not asked for again.
            try await bench.publish(["0A", "0B"], number: 2)
            try await bench.configuration.withInfoservice { _ = try await $0.records(.nodeinfo) }
            #expect(try bench.known().count == 1)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -61)], ofItemAtPath: bench.list)
            try await bench.configuration.withInfoservice { _ = try await $0.records(.nodeinfo) }
            #expect(try bench.known().count == 2)
        }
    }

    @Test func aServerThatIsOnTheListIsNotTalkedTo() async throws {
        try await Self.withBench { bench in
            let own = try bench.running.tls.credentials.certificate().serial
            try await bench.publish([own], number: 1)
            try await bench.configuration.withInfoservice { _ = try await $0.records(.nodeinfo) }
            let error = await #expect(throws: VC3Error.self) {
                try await bench.configuration.withInfoservice(timeouts: Timeouts(attempts: 1)) {
                    _ = try await $0.records(.nodeinfo)
                }
            }
            #expect(error?.message.contains("taken back") == true, "\(String(describing: error))")
        }
    }

    @Test func workThatTakesLongLeavesAServerThatIsTakenBackMeanwhile() async throws {
        try await Self.withBench { bench in
            let own = try bench.running.tls.credentials.certificate().serial
            let error = await #expect(throws: VC3Error.self) {
                try await bench.configuration.withInfoservice(
                    timeouts: Timeouts(attempts: 1, resume: .zero)
                ) { remote in
                    try await bench.publish([own], number: 1)
                    while true {
                        _ = try await remote.records(.nodeinfo)
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }
            }
            #expect(error?.message.contains("taken back") == true, "\(String(describing: error))")
            #expect(try bench.known().count == 1, "and it is remembered")
        }
    }

    @Test func aFolderThatCannotBeWrittenIsNoFailure() async throws {
        try await Self.withBench(more: "crlfile = /proc/vc3/none.pem") { bench in
            try await bench.publish(["0A"], number: 1)
            try await bench.configuration.withInfoservice { remote in
                _ = try await remote.records(.nodeinfo)
            }
        }
    }

    @Test func aBrokenListIsRefusedByItsName() async throws {
        try await Self.withBench { bench in
            try "nonsense".write(toFile: bench.list, atomically: true, encoding: .utf8)
            let error = await #expect(throws: VC3Error.self) { try await bench.configuration.withInfoservice { _ in } }
            #expect(error?.code == .invalid && error?.message.contains(bench.list) == true)
        }
    }
}
