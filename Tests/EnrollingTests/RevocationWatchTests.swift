import Enrolling
import Foundation
import InfoserviceAPI
import InfoserviceServer
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import VC3Certificates
import VC3Model
import VC3Testing
import VC3Transport

/// A party that runs for long hears of what is taken back, and remembers it.
@Suite(.timeLimit(.minutes(5)))
struct RevocationWatchTests {
    private static func publish(
        _ serials: [String], number: Int, by authority: TestAuthority, to master: InfoserviceSession
    ) async throws {
        let list = try authority.issuer.revocationList(
            serials.map { .init(serial: $0, date: Date(), reason: .keyCompromise) }, number: number, at: Date())
        var entity = try await master.entity(Authority.self, "defaultca")
        entity.status.crl = list.pem
        _ = try await master.writeStatus(of: entity)
    }

    /// Until the file holds a list that has all of these.
    private static func wait(for serials: [String], in file: String, _ authority: TestAuthority) async throws {
        for _ in 0..<1200 {
            if let text = try? String(contentsOfFile: file, encoding: .utf8) {
                let lists = try RevocationLists(pem: text, signedByOneOf: [authority.issuer.certificate])
                if serials.allSatisfy({ lists.revoke(serial: $0, of: authority.issuer.certificate.subject) }) { return }
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        Issue.record("\(serials) are not in \(file)")
    }

    @Test func whatIsHeardIsKeptAndKnownAfterARestart() async throws {
        try await withScratchPath { folder in
            let authority = try TestAuthority()
            let file = folder + "/vc3.crl.pem"
            try await withStore { store in
                let master = InfoserviceSession(identity: Identity(role: .master, name: "m"), engine: store)
                _ = try await master.create(Authority.self, "defaultca", owner: nil, spec: .init())
                try await Self.publish(["0A"], number: 1, by: authority, to: master)
                let client = MutualTLSClient(
                    try authority.credentials(.ana), connectTimeout: .seconds(5), silence: .seconds(5))
                let watch = RevocationWatch(
                    master, telling: client, keptIn: KeptRevocations(file: file),
                    logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await watch.run() }
                    try await Self.wait(for: ["0A"], in: file, authority)
                    // One of another authority is not taken, and does not end the watch.
                    try await Self.publish(["0C"], number: 7, by: TestAuthority(), to: master)
                    try await Self.publish(["0A", "0B"], number: 2, by: authority, to: master)
                    try await Self.wait(for: ["0A", "0B"], in: file, authority)
                    #expect(client.revoked.count == 2)
                    group.cancelAll()
                }
                try await client.shutdown()
                let again = try authority.credentials(.ana).revocationLists(inFile: file)
                #expect(again.revoke(serial: "0B", of: authority.issuer.certificate.subject))
            }
        }
    }
}
