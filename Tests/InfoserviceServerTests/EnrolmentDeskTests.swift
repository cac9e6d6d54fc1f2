import Foundation
import InfoserviceAPI
import InfoserviceClient
import InfoserviceStore
import Testing
import VC3Certificates
import VC3Model
import VC3Testing
import VC3Transport

@testable import InfoserviceServer

/// Codes and renewals on a store, with somebody who signs in the Master's place.
@Suite(.timeLimit(.minutes(2)))
struct EnrolmentDeskTests {
    private static func request(_ key: PrivateKey? = nil) throws -> String {
        try SigningRequest(key: key ?? PrivateKey(), commonName: "anything").pem()
    }

    private static func makePairing(on store: EntityStore, secret: EnrolmentSecret, more: JSONValue = [:]) async throws
    {
        let spec: JSONValue = ["cn": "f1", "role": "factory", "codehash": .string(secret.digest)]
        _ = try await InfoserviceSession(identity: .admin, engine: store).create(
            EntityDraft(kind: .pairing, name: "p", spec: spec.merging(patch: more)))
    }

    /// Signs every request that is claimed, until `body` is done.
    private static func withSigner<Value: Sendable>(
        on store: EntityStore, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let authority = try TestAuthority()
        let master = InfoserviceSession(identity: .master, engine: store)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await event in try await master.watch([.pairing], after: .zero) {
                    guard case .changed(let record) = event, record.status["state"] == "new",
                        let csr = record.spec["csr"]?.stringValue
                    else { continue }
                    let identity = try CertificateIdentity(
                        role: record.spec["role"]?.stringValue ?? "", name: record.spec["cn"]?.stringValue ?? "")
                    let hosts = (record.spec["hosts"]?.arrayValue ?? []).compactMap(\.stringValue)
                    let certificate = try authority.issuer.issue(
                        .component(identity, alsoKnownAs: hosts.map { AlternativeName(host: $0) }),
                        for: SigningRequest(pem: csr), at: Date())
                    let status: JSONValue = [
                        "state": "paired", "cert": .string(Data(certificate.pem.utf8).base64EncodedString()),
                    ]
                    _ = try await master.replaceStatus(
                        .pairing, record.name, with: status, expecting: record.metadata.revision)
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    @Test func aCodeBringsACertificateOnceForOneKey() async throws {
        try await withStore { store in
            let secret = EnrolmentSecret()
            try await Self.makePairing(on: store, secret: secret)
            let desk = EnrolmentDesk(engine: store)
            let key = try PrivateKey()
            let request = try Self.request(key)
            try await Self.withSigner(on: store) {
                let pem = try await desk.enrol(pairing: "p", secret: secret.text, request: request, from: "10.0.0.7")
                let certificate = try CertificateDocument(pem: pem)
                #expect(certificate.identity?.uri == "vc3://factory/f1" && certificate.matches(key))
                let again = try await desk.enrol(pairing: "p", secret: secret.text, request: request, from: nil)
                #expect(again == pem, "a lost answer is given again")
                let other = try Self.request()
                let error = await #expect(throws: VC3Error.self) {
                    try await desk.enrol(pairing: "p", secret: secret.text, request: other, from: nil)
                }
                #expect(error?.message == EnrolmentDesk.refusal.message, "the code is used")
            }
            let page = try await InfoserviceSession(identity: .admin, engine: store).audit(.init())
            #expect(page.items.contains { $0.action == "claim" && $0.origin == "10.0.0.7" })
        }
    }

    @Test func fiveWrongCodesEndIt() async throws {
        try await withStore { store in
            let secret = EnrolmentSecret()
            try await Self.makePairing(on: store, secret: secret)
            let desk = EnrolmentDesk(engine: store)
            let request = try Self.request()
            // All at once: none goes uncounted.
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        await #expect(throws: VC3Error.self) {
                            try await desk.enrol(
                                pairing: "p", secret: EnrolmentSecret().text, request: request, from: nil)
                        }
                    }
                }
            }
            #expect(await store.record(EntityKey(.pairing, "p"))?.spec["tries"] == 5)
            let error = await #expect(throws: VC3Error.self) {
                try await desk.enrol(pairing: "p", secret: secret.text, request: request, from: nil)
            }
            #expect(error?.message == EnrolmentDesk.refusal.message)
            #expect(await store.record(EntityKey(.pairing, "p"))?.spec["csr"] == nil)
        }
    }

    @Test func allThatIsNotGoodLooksAlike() async throws {
        try await withStore { store in
            let secret = EnrolmentSecret()
            try await Self.makePairing(on: store, secret: secret, more: ["expires": "2020-01-01T00:00:00.000Z"])
            let desk = EnrolmentDesk(engine: store)
            for (name, text) in [("p", secret.text), ("none", secret.text), ("../p", ""), ("", "")] {
                let error = await #expect(throws: VC3Error.self) {
                    try await desk.enrol(pairing: name, secret: text, request: "nonsense", from: nil)
                }
                #expect(error?.message == EnrolmentDesk.refusal.message && error?.code == .forbidden)
            }
        }
    }

    @Test func aRequestThatIsNoneLeavesTheCodeGood() async throws {
        try await withStore { store in
            let secret = EnrolmentSecret()
            try await Self.makePairing(on: store, secret: secret)
            let desk = EnrolmentDesk(engine: store)
            let error = await #expect(throws: VC3Error.self) {
                try await desk.enrol(pairing: "p", secret: secret.text, request: "nonsense", from: nil)
            }
            #expect(error?.code == .invalid)
            #expect(await store.record(EntityKey(.pairing, "p"))?.spec["tries"] == 0)
        }
    }

    @Test func withoutAMasterItIsSaidThatThereIsNone() async throws {
        try await withStore { store in
            let secret = EnrolmentSecret()
            try await Self.makePairing(on: store, secret: secret)
            let desk = EnrolmentDesk(engine: store, patience: .milliseconds(10))
            let request = try Self.request()
            let error = await #expect(throws: VC3Error.self) {
                try await desk.enrol(pairing: "p", secret: secret.text, request: request, from: nil)
            }
            #expect(error?.code == .unavailable && error?.message.contains("Master") == true)
        }
    }

    @Test func theOriginalsCodeIsCollectedOnceAndGuessedFiveTimes() async throws {
        try await withStore { store in
            let admin = InfoserviceSession(identity: .admin, engine: store)
            let master = InfoserviceSession(identity: .master, engine: store)
            let desk = EnrolmentDesk(engine: store)
            for name in ["one.example.org", "two-2.example.org"] {
                let made = try await admin.create(
                    EntityDraft(
                        kind: .pairing, name: name,
                        spec: ["cn": .string(name), "pairingcode": .string("\(name)-ABCDEF")]))
                #expect(try await desk.collect(code: "\(name)-ABCDEF", from: nil) == nil, "not answered yet")
                _ = try await master.replaceStatus(
                    .pairing, name, with: ["state": "paired", "cert": "Yw==", "key": "aw=="],
                    expecting: made.metadata.revision)
            }
            #expect(try await desk.collect(code: "none-ABCDEF", from: nil) == nil)
            #expect(try await desk.collect(code: "one.example.org", from: nil) == nil)
            #expect(try await desk.collect(code: "one.example.org-AAAAAA", from: nil) == nil)
            #expect(try await desk.collect(code: "one.example.org-ABCDEF", from: nil)?.status["key"] == "aw==")
            #expect(try await desk.collect(code: "one.example.org-ABCDEF", from: nil) == nil, "it is gone")
            for _ in 0..<5 { _ = try await desk.collect(code: "two-2.example.org-AAAAAA", from: nil) }
            #expect(try await desk.collect(code: "two-2.example.org-ABCDEF", from: nil) == nil)
        }
    }

    @Test func aRenewalIsForWhoAsksAndNobodyElse() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                try await Self.withSigner(on: store) {
                    let key = try PrivateKey()
                    let wish = try SigningRequest(
                        key: key, commonName: "root",
                        alternativeNames: [.uri("vc3://admin/root"), .dns("evil.example.org")])
                    let client = try await running.client(.factory)
                    let pem = try await client.renewCertificate(wish.pem())
                    let certificate = try CertificateDocument(pem: pem)
                    #expect(certificate.identity?.uri == "vc3://factory/factory" && certificate.matches(key))
                    let hosts = certificate.alternativeNames.filter { $0 != .uri("vc3://factory/factory") }
                    #expect(Set(hosts) == [.dns("localhost"), .ip("127.0.0.1")], "those of the present certificate")
                    #expect(try await client.renewCertificate(wish.pem()) == pem, "asking twice makes one certificate")
                    #expect(await store.records(.pairing).items.count == 1)
                }
            }
        }
    }

    @Test func nobodyAsksForCertificatesWithoutEnd() async throws {
        try await withStore { store in
            var renewal = Renewal(
                engine: store, party: try CertificateIdentity(role: "host", name: "w1"), hosts: [], origin: nil,
                serial: "0A")
            renewal.patience = .milliseconds(1)
            var codes: [VC3Error.Code?] = []
            for _ in 0...Renewal.most {
                let request = try Self.request()
                codes.append(await #expect(throws: VC3Error.self) { try await renewal.renewCertificate(request) }?.code)
            }
            #expect(codes == Array(repeating: .unavailable, count: Renewal.most) + [.tooManyRequests])
            let another = Renewal(
                engine: store, party: try CertificateIdentity(role: "host", name: "w2"), hosts: [], origin: nil,
                serial: "0A")
            let request = try Self.request()
            try await Self.withSigner(on: store) { _ = try await another.renewCertificate(request) }
        }
    }

    @Test func aPortalRenewsForNobodyElse() async throws {
        try await withStore { store in
            try await withRunningInfoservice(on: store) { running in
                let portal = try await running.client(Identity(role: .portal, name: "portal")).acting(for: "ana")
                let request = try Self.request()
                let error = await #expect(throws: VC3Error.self) { try await portal.renewCertificate(request) }
                #expect(error?.code == .forbidden)
                #expect(await store.records(.pairing).items.isEmpty)
            }
        }
    }

    @Test func anAdminMakesPairingsAndNobodyClaimsThemBeforehand() async throws {
        try await withStore { store in
            for identity in [Identity.ana, .master, .factory, Identity(role: .agent, name: "host")] {
                let session = InfoserviceSession(identity: identity, engine: store)
                let error = await #expect(throws: VC3Error.self) {
                    try await session.create(
                        EntityDraft(kind: .pairing, name: "p", spec: ["cn": "x", "role": "admin"]))
                }
                #expect(error?.code == .forbidden, "\(identity)")
            }
            let admin = InfoserviceSession(identity: .admin, engine: store)
            let error = await #expect(throws: VC3Error.self) {
                try await admin.create(EntityDraft(kind: .pairing, name: "p", spec: ["cn": "x", "csr": "y"]))
            }
            #expect(error?.problems.map(\.field) == ["spec.csr"])
        }
    }
}
