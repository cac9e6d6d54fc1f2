import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import Logging
import Testing
import VC3Certificates
import VC3Model
import VC3Testing
import VC3Transport

/// New certificates, revocation lists and sealing keys, while clients are connected.
@Suite(.timeLimit(.minutes(5)))
struct ReloadingTests {
    private static let hasty = Timeouts(connect: .seconds(20), answer: .seconds(20), attempts: 1, resume: .zero)
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Writes the three files of a server, and a revocation list when there is one.
    private static func write(
        _ folder: String, from authority: TestAuthority, revoked: [String]? = nil
    ) throws -> CredentialFiles {
        let (certificate, key) = try authority.issue(role: "host", name: "localhost")
        let files = CredentialFiles(
            certificate: folder + "/cert.pem", key: folder + "/key.pem", chain: folder + "/chain.pem",
            revocations: revoked.map { _ in folder + "/crl.pem" })
        try Data(certificate.pem.utf8).write(to: URL(filePath: files.certificate), options: .atomic)
        try Data(key.pem.utf8).write(to: URL(filePath: files.key), options: .atomic)
        try Data(authority.issuer.certificate.pem.utf8).write(to: URL(filePath: files.chain), options: .atomic)
        if let revoked { try writeList(folder, authority, revoked) }
        return files
    }

    private static func writeList(_ folder: String, _ authority: TestAuthority, _ serials: [String]) throws {
        let list = try authority.issuer.revocationList(
            serials.map { .init(serial: $0, date: Date(), reason: .keyCompromise) }, number: 1, at: Date())
        try Data(list.pem.utf8).write(to: URL(filePath: folder + "/crl.pem"), options: .atomic)
    }

    private static func client(
        _ running: RunningInfoservice, _ credentials: TLSCredentials
    ) -> RemoteInfoservice {
        RemoteInfoservice(host: "127.0.0.1", port: running.port, credentials: credentials, timeouts: hasty)
    }

    private static func isServed(_ running: RunningInfoservice, _ credentials: TLSCredentials) async throws -> Bool {
        let client = client(running, credentials)
        let answer: Bool
        do {
            _ = try await client.records(.user)
            answer = true
        } catch let error as VC3Error where error.code == .unavailable { answer = false }
        try await client.shutdown()
        return answer
    }

    @Test func newCertificatesAreUsedForNewConnectionsAndBadOnesAreNot() async throws {
        try await withScratchDirectory { directory in
            let folder = directory.path
            let (old, new) = (try TestAuthority(), try TestAuthority())
            let files = try Self.write(folder, from: old)
            try await withStore { store in
                try await withRunningInfoservice(on: store, authority: old) { running in
                    let (oldAna, newAna) = (try old.credentials(.ana), try new.credentials(.ana))
                    let reload = CredentialReload(files: files, server: running.tls, logger: Self.silent)
                    let staying = Self.client(running, oldAna)
                    _ = try await staying.records(.user)

                    _ = try Self.write(folder, from: new)
                    await reload.look(isAsked: false)
                    #expect(try await Self.isServed(running, newAna))
                    #expect(try await !Self.isServed(running, oldAna))
                    _ = try await staying.records(.user)

                    try Data("nonsense".utf8).write(to: URL(filePath: files.key))
                    await reload.look(isAsked: false)
                    #expect(try await Self.isServed(running, newAna), "the old ones stay when the new ones are bad")

                    let (expired, key) = try new.issue(
                        role: "host", name: "localhost", from: Date(timeIntervalSinceNow: -7200), lifetime: .seconds(60)
                    )
                    try Data(expired.pem.utf8).write(to: URL(filePath: files.certificate), options: .atomic)
                    try Data(key.pem.utf8).write(to: URL(filePath: files.key), options: .atomic)
                    await reload.look(isAsked: true)
                    #expect(try await Self.isServed(running, newAna), "an expired certificate is not taken over")
                    try await staying.shutdown()
                }
            }
        }
    }

    @Test func revokedPeersAreRefusedAndTheirConnectionsClosed() async throws {
        try await withScratchDirectory { directory in
            let folder = directory.path
            let authority = try TestAuthority()
            let files = try Self.write(folder, from: authority, revoked: [])
            let (certificate, key) = try authority.issue(role: "user", name: "ana")
            let ana = try TLSCredentials(
                certificatePEM: certificate.pem, keyPEM: key.pem, trustedPEM: authority.issuer.certificate.pem)
            try await withStore { store in
                try await withRunningInfoservice(on: store, authority: authority) { running in
                    let reload = CredentialReload(files: files, server: running.tls, logger: Self.silent)
                    await reload.look(isAsked: true)
                    let (hers, his) = (Self.client(running, ana), try await running.client(.ben))
                    let herWatch = try await hers.watch([.nodeinfo], after: .zero)
                    let hisWatch = try await his.watch([.nodeinfo], after: .zero)

                    try Self.writeList(folder, authority, [certificate.serial])
                    await reload.look(isAsked: false)
                    let error = await #expect(throws: VC3Error.self) { for try await _ in herWatch {} }
                    #expect(error?.code == .unavailable)
                    #expect(try await !Self.isServed(running, ana))
                    _ = try await his.create(.sampleNodeinfo("n"))
                    #expect(try await hisWatch.first { if case .changed = $0 { true } else { false } } != nil)
                    #expect((running.tls.counts.refusals[.revoked] ?? 0) >= 2)

                    try Self.writeList(folder, try TestAuthority(), [])
                    await reload.look(isAsked: false)
                    #expect(try await !Self.isServed(running, ana), "a list of another authority changes nothing")
                    try await hers.shutdown()
                }
            }
        }
    }

    @Test func aKeyOfAnotherCertificateIsRefusedWithAReason() async throws {
        try await withScratchDirectory { directory in
            let files = try Self.write(directory.path, from: TestAuthority())
            let other = try PrivateKey()
            try Data(other.pem.utf8).write(to: URL(filePath: files.key))
            let (credentials, _) = try await files.load(at: Date())
            let error = #expect(throws: VC3Error.self) { _ = try MutualTLSServer(credentials) }
            #expect(error?.message.contains("belong together") == true)
        }
    }

    @Test func aNewSealingKeyIsTakenUpAndTheOldOneRetired() async throws {
        try await withScratchDirectory { directory in
            let file = directory.path + "/key"
            let store = try await EntityStore.openSQLite(path: directory.path + "/s.sqlite", keyFile: file)
            let ana = InfoserviceSession(identity: .ana, engine: store)
            _ = try await ana.create(.samplePrivateToken("t", secret: "attack at dawn"))
            let reload = SealingKeyReload(file: file, engine: store, logger: Self.silent)
            await reload.look(isAsked: false)
            let rotated = try await SealingKey.change(file, by: .begin)
            await reload.look(isAsked: false)
            let keys = try await SealingKey.file(file, creating: false)
            #expect(keys.keys.map(\.id) == rotated.keys.map(\.id))
            #expect(keys.keys.map(\.duty) == [.used, .retired])
            #expect(await store.sealingKeys.keys.map(\.duty) == [.used, .retired])
            _ = try await SealingKey.change(file, by: .finish)
            await reload.look(isAsked: false)
            #expect(await store.sealingKeys.keys.count == 1)
            try await store.close()

            let again = try await EntityStore.openSQLite(path: directory.path + "/s.sqlite", keyFile: file)
            let factory = InfoserviceSession(identity: .factory, engine: again)
            #expect(try await factory.record(.privatetoken, "t").spec["data"] == "attack at dawn")
            try await again.close()
        }
    }
}
