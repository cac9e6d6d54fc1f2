import Credible
import Foundation
import InfoserviceAPI
import Synchronization
import Testing
import VC3Certificates
import VC3Model
import VC3Reconciling

@testable import Master

/// What the Master makes of pairings, with Credible's authority in memory.
struct PairingReconcilerTests {
    /// An authority that fails as often as it is told.
    private final class FailingAuthority: PairingAuthority {
        private let failures: Mutex<[any Error]>
        private let inner: CredibleAuthority
        init(_ failures: [any Error], then inner: CredibleAuthority) {
            self.failures = Mutex(failures)
            self.inner = inner
        }
        func sign(_ request: String, role: String, name: String, hosts: [String], renewing serial: String?) async throws
            -> String
        {
            try fail()
            return try await inner.sign(request, role: role, name: name, hosts: hosts, renewing: serial)
        }
        func userPair(_ name: String) async throws -> (certificate: String, key: String) {
            try fail()
            return try await inner.userPair(name)
        }
        private func fail() throws {
            if let error = failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { throw error }
        }
    }

    private static func authority() throws -> CertificateAuthority {
        try CertificateAuthority(storage: .memory())
    }

    /// Looks until nothing is due at once.
    private static func settle(_ bench: borrowing Bench, _ authority: (any PairingAuthority)?) async throws -> Outcome {
        let clock = WallClock { [time = bench.time] in time.now }
        return try await bench.withProcess { process in
            let reconciler = PairingReconciler(
                store: process.store, authority: authority, clock: clock, resync: .seconds(300))
            while true {
                try await bench.catchUp(process)
                let outcome = try await reconciler.reconcile("p")
                if outcome != .again(after: .zero) { return outcome }
            }
        }
    }

    private static func answer(_ bench: borrowing Bench) async throws -> CertificateChain {
        let cert = try await bench.get(Pairing.self, "p").status.cert
        return try CertificateChain(
            pem: String(decoding: try #require(Data(base64Encoded: cert ?? "")), as: UTF8.self))
    }

    @Test func aRenewalThatWaitsWhenItsCertificateIsTakenBackIsRefused() async throws {
        let bench = Bench()
        let authority = try Self.authority()
        let serial = try authority.user("ana").certificate.serial
        let request = try SigningRequest(key: PrivateKey(), commonName: "ana").pem()
        try await bench.create(
            Pairing.self, "p",
            Pairing.Spec(
                cn: "ana", role: "user", expires: bench.time.now + .seconds(900), renews: true, serial: serial,
                csr: request))
        // Without an authority it waits.
        await #expect(throws: VC3Error.self) { try await Self.settle(bench, nil) }
        #expect(try await bench.get(Pairing.self, "p").status.state == "claimed")
        try authority.revoke(serial: serial)
        _ = try await Self.settle(bench, CredibleAuthority(authority))
        let status = try await bench.get(Pairing.self, "p").status
        #expect(status.state == "refused" && status.cert == nil)
        #expect(status.state_reason?.contains("was taken back") == true)
        #expect(try authority.issued().count == 1)
    }

    @Test func aClaimedPairingIsSignedForItsRoleAndHosts() async throws {
        let bench = Bench()
        let key = try PrivateKey()
        let request = try SigningRequest(key: key, commonName: "whatever").pem()
        try await bench.create(
            Pairing.self, "p",
            Pairing.Spec(cn: "w1.example.org", role: "host", hosts: ["w1", "10.0.0.7"], csr: request))
        let authority = try Self.authority()
        #expect(try await Self.settle(bench, CredibleAuthority(authority)) == .again(after: .seconds(300)))
        let chain = try await Self.answer(bench)
        #expect(chain.certificates.count == 2)
        #expect(chain.certificates[0].identity?.uri == "vc3://host/w1.example.org")
        #expect(chain.certificates[0].matches(key))
        #expect(
            Set(chain.certificates[0].alternativeNames)
                == [.dns("w1.example.org"), .dns("w1"), .ip("10.0.0.7"), .uri("vc3://host/w1.example.org")])
        #expect(chain.certificates[0].isSigned(by: chain.certificates[1]))
        #expect(chain.certificates[1] == (try authority.certificateChain().certificates[1]))
        let status = try await bench.get(Pairing.self, "p").status
        #expect(status.state == "paired" && status.conditions.isTrue("Signed"))
    }

    @Test func whatCanNeverBeSignedIsRefusedAndNotTriedAgain() async throws {
        let bench = Bench()
        let request = try SigningRequest(key: PrivateKey(), commonName: "x").pem()
        try await bench.create(Pairing.self, "p", Pairing.Spec(cn: "../x", role: "factory", csr: request))
        #expect(try await Self.settle(bench, CredibleAuthority(Self.authority())) == .again(after: .seconds(300)))
        let status = try await bench.get(Pairing.self, "p").status
        #expect(status.state == "refused" && status.state_reason?.contains("component name") == true)
    }

    @Test func anAuthorityThatFailsIsAskedAgain() async throws {
        let bench = Bench()
        let request = try SigningRequest(key: PrivateKey(), commonName: "x").pem()
        try await bench.create(Pairing.self, "p", Pairing.Spec(cn: "x", role: "factory", csr: request))
        let authority = FailingAuthority(
            [CredibleError(.busy, "the lock is held")], then: CredibleAuthority(try Self.authority()))
        await #expect(throws: CredibleError.self) { try await Self.settle(bench, authority) }
        let waiting = try await bench.get(Pairing.self, "p").status
        #expect(waiting.state == "claimed" && waiting.conditions["Signed"]?.mender == .operator)
        #expect(waiting.state_reason?.contains("the lock is held") == true)
        _ = try await Self.settle(bench, authority)
        #expect(try await bench.get(Pairing.self, "p").status.state == "paired")
    }

    @Test func withoutAnAuthorityItSaysWhatIsMissing() async throws {
        let bench = Bench()
        try await bench.create(Pairing.self, "p", Pairing.Spec(cn: "x", role: "factory", csr: "R"))
        await #expect(throws: VC3Error.self) { try await Self.settle(bench, nil) }
        #expect(try await bench.get(Pairing.self, "p").status.state_reason?.contains("credconf") == true)
    }

    @Test func theOriginalsPairingGetsTheUsersPair() async throws {
        let bench = Bench()
        try await bench.create(Pairing.self, "p", Pairing.Spec(cn: "ana"))
        let authority = try Self.authority()
        _ = try await Self.settle(bench, CredibleAuthority(authority))
        let chain = try await Self.answer(bench)
        #expect(chain.certificates[0].identity?.uri == "vc3://user/ana")
        let key = try #require(await bench.service.secretStatus(EntityKey(.pairing, "p"), "key"))
        let pem = String(decoding: try #require(Data(base64Encoded: key)), as: UTF8.self)
        #expect(chain.certificates[0].matches(try PrivateKey(pem: pem)))
        #expect(pem == (try authority.user("ana").keyPEM))
    }

    @Test func whatIsOverGoesAnHourLater() async throws {
        let bench = Bench()
        let end = bench.time.now + .seconds(600)
        try await bench.create(Pairing.self, "p", Pairing.Spec(cn: "x", role: "factory", expires: end))
        #expect(try await Self.settle(bench, nil) == .again(after: .seconds(300)))
        bench.time.pass(.seconds(599))
        #expect(try await Self.settle(bench, nil) == .again(after: .seconds(1)))
        bench.time.pass(.seconds(1))
        _ = try await Self.settle(bench, nil)
        #expect(try await bench.get(Pairing.self, "p").status.state == "expired")
        bench.time.pass(.seconds(3600))
        #expect(try await Self.settle(bench, nil) == .done)
        await #expect(throws: VC3Error.self) { try await bench.get(Pairing.self, "p") }
    }
}
