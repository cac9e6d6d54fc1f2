import AsyncHTTPClient
import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceServer
import InfoserviceStore
import NIOCore
import NIOHTTP1
import Testing
import VC3Certificates
import VC3Model
import VC3Testing
import VC3Transport

/// What an authority has taken back, told through the store: servers and clients go by it at once.
@Suite(.timeLimit(.minutes(2)))
struct RevocationTests {
    private static let hasty = Timeouts(connect: .seconds(20), answer: .seconds(20), attempts: 1, resume: .zero)

    /// What the Master does when a certificate was taken back.
    private static func publish(
        _ serials: [String], number: Int, by authority: TestAuthority, as name: String = "defaultca",
        on engine: EntityStore
    ) async throws {
        let list = try authority.issuer.revocationList(
            serials.map { .init(serial: $0, date: Date(), reason: .keyCompromise) }, number: number, at: Date())
        let master = InfoserviceSession(identity: Identity(role: .master, name: "master"), engine: engine)
        if (try? await master.record(.authority, name)) == nil {
            _ = try await master.create(Authority.self, name, owner: nil, spec: .init())
        }
        var entity = try await master.entity(Authority.self, name)
        entity.status.crl = list.pem
        entity.status.crlnumber = number
        _ = try await master.writeStatus(of: entity)
    }

    private static func client(_ running: RunningInfoservice, _ credentials: TLSCredentials) -> RemoteInfoservice {
        RemoteInfoservice(host: "127.0.0.1", port: running.port, credentials: credentials, timeouts: hasty)
    }

    private static func issued(
        _ authority: TestAuthority, _ role: String, _ name: String
    ) throws -> (serial: String, credentials: TLSCredentials) {
        let (certificate, key) = try authority.issue(role: role, name: name)
        return (
            certificate.serial,
            try TLSCredentials(
                certificatePEM: certificate.pem, keyPEM: key.pem, trustedPEM: authority.issuer.certificate.pem)
        )
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

    @Test func whoWasTakenBackLosesTheirWatchAndIsLetInNoMore() async throws {
        let authority = try TestAuthority()
        let (serial, ana) = try Self.issued(authority, "user", "ana")
        try await withStore { store in
            try await withRunningInfoservice(on: store, authority: authority) { running in
                let (hers, his) = (Self.client(running, ana), try await running.client(.ben))
                let herWatch = try await hers.watch([.nodeinfo], after: .zero)
                let hisWatch = try await his.watch([.nodeinfo], after: .zero)
                try await Self.publish([serial], number: 2, by: authority, on: store)
                let error = await #expect(throws: VC3Error.self) { for try await _ in herWatch {} }
                #expect(error?.code == .unavailable)
                #expect(try await !Self.isServed(running, ana))
                _ = try await his.create(.sampleNodeinfo("n"))
                #expect(try await hisWatch.first { if case .changed = $0 { true } else { false } } != nil)

                // An older list and one of a stranger give nothing back.
                try await Self.publish([], number: 1, by: authority, on: store)
                try await Self.publish([], number: 9, by: TestAuthority(), as: "other", on: store)
                #expect(try await !Self.isServed(running, ana))
                try await hers.shutdown()
            }
            // Another process on the same store, from its first connection on.
            try await withRunningInfoservice(on: store, authority: authority) { running in
                let isServed = try await Self.isServed(running, authority.credentials(.ben))
                #expect(isServed)
            }
            try await Self.publish([serial], number: 3, by: authority, on: store)
            try await withRunningInfoservice(on: store, authority: authority) { running in
                let isServed = try await Self.isServed(running, ana)
                #expect(!isServed)
            }
        }
    }

    @Test func aClientLeavesAServerThatWasTakenBack() async throws {
        let authority = try TestAuthority()
        try await withStore { store in
            try await withRunningInfoservice(on: store, authority: authority) { running in
                let client = Self.client(running, try authority.credentials(.ana))
                let watch = try await client.watch([.nodeinfo], after: .zero)
                _ = try await client.records(.user)
                let der = try running.tls.credentials.certificate()
                let list = try authority.issuer.revocationList(
                    [.init(serial: der.serial, date: Date(), reason: .keyCompromise)], number: 1, at: Date())
                let lists = try RevocationLists(pem: list.pem, signedByOneOf: [authority.issuer.certificate])
                #expect(client.hear(lists) == 2)
                #expect(client.hear(lists) == nil, "it is no news the second time")
                await #expect(throws: VC3Error.self) { for try await _ in watch {} }
                // A request that was given the old connection while it was being closed hears of the end of that instead.
                var words = ""
                for _ in 0..<200 where !words.contains("taken back the server's certificate \(der.serial)") {
                    let refusal = await #expect(throws: VC3Error.self) { _ = try await client.records(.user) }
                    words = refusal?.message ?? ""
                }
                #expect(words.contains("taken back the server's certificate \(der.serial)"))
                try await client.shutdown()

                let knowing = try RemoteInfoservice(
                    [ServiceAddress(host: "127.0.0.1", port: running.port)],
                    credentials: authority.credentials(.ana), revoked: lists, timeouts: Self.hasty)
                await #expect(throws: VC3Error.self) { _ = try await knowing.records(.user) }
                try await knowing.shutdown()
            }
        }
    }

    @Test func aClientChangesItsCertificateWhileItRuns() async throws {
        let authority = try TestAuthority()
        try await withStore { store in
            try await withRunningInfoservice(on: store, authority: authority) { running in
                let (serial, old) = try Self.issued(authority, "user", "ana")
                let client = RemoteInfoservice(
                    host: "127.0.0.1", port: running.port, credentials: old, timeouts: .patient)
                let watch = try await client.watch([.nodeinfo], after: .zero)
                _ = try await client.records(.user)
                let (_, new) = try Self.issued(authority, "user", "ana")
                try client.use(new)
                // The old connections serve on, until their certificate is no good any more.
                _ = try await client.create(.sampleNodeinfo("a"))
                try await Self.publish([serial], number: 1, by: authority, on: store)
                _ = try await client.create(.sampleNodeinfo("b"))
                var names: [String] = []
                for try await event in watch {
                    if case .changed(let record) = event { names.append(record.name) }
                    if names.count == 2 { break }
                }
                #expect(names == ["a", "b"], "the watch went on with the new certificate")

                let (_, stranger) = try Self.issued(try TestAuthority(), "user", "ana")
                #expect(throws: Never.self) { try client.use(stranger) }
                await #expect(throws: VC3Error.self) { _ = try await client.records(.user) }
                try await client.shutdown()
            }
        }
    }

    @Test func theListIsServedInBothForms() async throws {
        let authority = try TestAuthority()
        try await withStore { store in
            try await withRunningInfoservice(on: store, authority: authority) { running in
                let none = try await Self.get("/v1/crl", running)
                #expect(none.status == 404)
                try await Self.publish(["0A0B"], number: 5, by: authority, on: store)
                var answer = try await Self.get("/v1/crl?form=pem", running)
                for _ in 0..<600 where answer.status == 404 {
                    try await Task.sleep(for: .milliseconds(50))
                    answer = try await Self.get("/v1/crl?form=pem", running)
                }
                #expect(answer.status == 200 && answer.type == "application/x-pem-file")
                let lists = try RevocationLists(
                    pem: String(decoding: answer.body, as: UTF8.self), signedByOneOf: [authority.issuer.certificate])
                #expect(lists.revoke(serial: "0A0B", of: authority.issuer.certificate.subject))
                let binary = try await Self.get("/v1/crl", running)
                #expect(binary.status == 200 && binary.type == "application/pkix-crl")
                #expect(binary.body == lists.newest(of: authority.issuer.certificate.subject)?.der)
                let asked = try await Self.get("/v1/crl", running, accept: "application/x-pem-file")
                #expect(asked.body == answer.body)
                #expect(try await Self.get("/v1/crl?form=text", running).status == 422)
            }
        }
    }

    private static func get(
        _ path: String, _ running: RunningInfoservice, accept: String? = nil
    ) async throws -> (status: Int, type: String, body: [UInt8]) {
        let client = MutualTLSClient(
            try running.authority.credentials(role: "host", name: "monitor"), connectTimeout: .seconds(30),
            silence: .seconds(30))
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(running.port)\(path)")
        if let accept { request.headers.add(name: "Accept", value: accept) }
        let response = try await client.execute(request, deadline: .now() + .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 24)
        try await client.shutdown()
        return (
            Int(response.status.code), response.headers.first(name: "Content-Type") ?? "", Array(body.readableBytesView)
        )
    }
}
