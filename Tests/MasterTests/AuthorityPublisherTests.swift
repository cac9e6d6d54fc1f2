import Credible
import Foundation
import InfoserviceAPI
import Logging
import Testing
import VC3Certificates
import VC3Model

@testable import Master

/// What an authority in files has taken back, as everybody sees it.
@Suite(.timeLimit(.minutes(5)))
struct AuthorityPublisherTests {
    private let folder = NSTemporaryDirectory() + "vc3-authority-" + UUID().uuidString
    private let service = InMemoryInfoservice()

    private func publisher(_ authority: CertificateAuthority) -> AuthorityPublisher {
        AuthorityPublisher(
            authority: authority, infoservice: service, clock: WallClock { Timestamp(Date()) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, pace: .milliseconds(10))
    }

    private func published() async throws -> Authority.Status {
        try await service.entity(Authority.self, "defaultca").status
    }

    @Test func whatIsRevokedIsPublishedAndWhatIsNotChangedIsNotWritten() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try CertificateAuthority(vardir: folder)
        let publisher = publisher(authority)
        try await publisher.publish()
        let first = try await published()
        #expect(first.state == "ready" && first.revoked == 0 && first.conditions.isTrue("ListPublished"))
        #expect(try first.chain == authority.certificateChainPEM())
        let writes = await service.writes
        try await publisher.publish()
        #expect(await service.writes == writes)

        let ana = try authority.user("ana")
        try authority.revoke(serial: ana.certificate.serial, because: .keyCompromise)
        try await publisher.publish()
        let second = try await published()
        #expect(second.revoked == 1 && (second.crlnumber ?? 0) > (first.crlnumber ?? 0))
        let list = try RevocationLists(
            pem: second.crl ?? "", signedByOneOf: authority.certificateChain().certificates)
        #expect(list.revoke(serial: ana.certificate.serial, of: ana.certificate.issuer))
        #expect(second.nextupdate.map { $0.date > Date() } == true)
    }

    @Test func aRunningOneSeesARevocationByItself() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try CertificateAuthority(vardir: folder)
        let publisher = publisher(authority)
        let events = await service.watch([.authority], after: .zero)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            var isRevoked = false
            for try await event in events {
                guard case .changed(let record) = event, record.status["crl"] != nil else { continue }
                if record.status["revoked"] == 1 { break }
                guard !isRevoked else { continue }
                isRevoked = true
                try authority.revoke(serial: authority.user("ana").certificate.serial)
            }
            #expect(isRevoked)
            group.cancelAll()
        }
    }

    @Test func whatCannotBeReadLeavesTheOldListAndSaysSo() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try CertificateAuthority(vardir: folder)
        let publisher = publisher(authority)
        try await publisher.publish()
        let good = try await published()
        let index = folder + "/ssca/defaultca/intermediate/index.txt"
        try Data("R\t270101000000Z\tnonsense\t01\tunknown\tCN=x\n".utf8).write(to: URL(filePath: index))
        await #expect(throws: (any Error).self) { try await publisher.publish() }
        let bad = try await published()
        #expect(bad.crl == good.crl && bad.state == "failure")
        #expect(bad.conditions["ListPublished"]?.status == .no && bad.conditions["ListPublished"]?.mender == .operator)
        #expect(bad.state_reason?.contains("index.txt") == true)
    }

    @Test func theStampChangesWithEachRevocationAndNotByReading() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try CertificateAuthority(vardir: folder)
        let before = authority.publicStamp()
        let ana = try authority.user("ana")
        let issued = authority.publicStamp()
        #expect(issued != before)
        _ = try authority.revocationList()
        let listed = authority.publicStamp()
        _ = try authority.revocationList()
        #expect(authority.publicStamp() == listed)
        try authority.revoke(serial: ana.certificate.serial)
        #expect(authority.publicStamp() != listed)
    }
}
