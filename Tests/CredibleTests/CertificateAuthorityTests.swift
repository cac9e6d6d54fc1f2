import Credible
import Foundation
import Synchronization
import Testing
import VC3Testing
import VC3Certificates

/// A clock that stands still until it is moved.
private final class ManualClock: Sendable {
    private let date = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
    var now: Date { date.withLock { $0 } }
    func advance(days: Double) { date.withLock { $0 += days * 86_400 } }
}

private let day = 86_400.0

@Suite struct CertificateAuthorityTests {
    private func authority(in directory: String, _ clock: ManualClock) throws -> CertificateAuthority {
        try CertificateAuthority(vardir: directory, now: { clock.now })
    }

    @Test func secondCallReturnsTheSameMaterial() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let first = try authority.host("a.example.org")
            let second = try CertificateAuthority(vardir: directory).host("A.Example.ORG")
            #expect(first.certificate == second.certificate)
            #expect(first.keyPEM == second.keyPEM)
            #expect(try authority.certificateChain() == CertificateChain([first.root, first.intermediate]))
            #expect(try authority.user("ana").keyPEM == authority.user("ana").keyPEM)
        }
    }

    @Test func certificateIsRenewedForTheSameKeyInTheLastThirdOfItsLife() async throws {
        try await withScratchPath { directory in
            let clock = ManualClock()
            let authority = try authority(in: directory, clock)
            let first = try authority.host("a.example.org")
            clock.advance(days: 249)
            #expect(try authority.host("a.example.org").certificate == first.certificate)
            clock.advance(days: 2)
            let renewed = try authority.host("a.example.org")
            #expect(renewed.certificate != first.certificate)
            #expect(renewed.keyPEM == first.keyPEM)
            #expect(renewed.certificate.notAfter.timeIntervalSince(clock.now) == 375 * day)
        }
    }

    @Test func renewedAuthoritiesStillVouchForEarlierCertificates() async throws {
        try await withScratchPath { directory in
            let clock = ManualClock()
            let authority = try authority(in: directory, clock)
            let first = try authority.host("a.example.org")
            clock.advance(days: 5000)
            let later = try authority.host("a.example.org")
            #expect(later.root != first.root && later.intermediate != first.intermediate)
            #expect(first.certificate.isSigned(by: later.intermediate))
            #expect(first.intermediate.isSigned(by: later.root))
            #expect(later.intermediate.isSigned(by: first.root))
        }
    }

    @Test func certificateFromTheFutureIsReplaced() async throws {
        try await withScratchPath { directory in
            let clock = ManualClock()
            let authority = try authority(in: directory, clock)
            _ = try authority.certificateChain()
            clock.advance(days: 60)
            let first = try authority.user("ana")
            clock.advance(days: -30)
            let second = try authority.user("ana")
            #expect(second.certificate.notBefore < clock.now)
            #expect(second.certificate.isSigned(by: second.intermediate))
            #expect(first.keyPEM == second.keyPEM && first.root == second.root)
        }
    }

    @Test func listIsRenewedUnderANumberOfItsOwnWhenHalfOfItsTimeHasGone() async throws {
        try await withScratchPath { directory in
            let clock = ManualClock()
            let authority = try authority(in: directory, clock)
            func number(_ list: RevocationList) async throws -> String {
                try await Tool.run(["openssl", "crl", "-noout", "-crlnumber"], input: list.pem).output
            }
            let first = try authority.revocationList()
            clock.advance(days: 14.9)
            #expect(try authority.revocationList() == first)
            clock.advance(days: 0.2)
            let second = try authority.revocationList()
            #expect(second.nextUpdate.timeIntervalSince(clock.now) == 30 * day)
            #expect(try await number(first) != number(second))
        }
    }

    @Test func whatHasEndedIsListedAsExpired() async throws {
        try await withScratchPath { directory in
            let clock = ManualClock()
            let authority = try authority(in: directory, clock)
            _ = try authority.user("ana")
            #expect(try authority.issued().map(\.status) == [.valid])
            clock.advance(days: 376)
            #expect(try authority.issued().map(\.status) == [.expired])
        }
    }

    @Test func clockBeforeTheRootsStartIsNamedAndNothingIsMade() async throws {
        try await withScratchPath { directory in
            let clock = ManualClock()
            let authority = try authority(in: directory, clock)
            _ = try authority.user("ana")
            let before = try FileManager.default.subpathsOfDirectory(atPath: directory).sorted()
            clock.advance(days: -1)
            for ask in [{ _ = try authority.user("ben") }, { _ = try authority.revocationList() }] {
                let error = #expect(throws: CredibleError.self) { try ask() }
                #expect(error?.code == .clock)
            }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: directory).sorted() == before)
        }
    }

    @Test func furtherNameLeadsToANewCertificateAndStays() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let plain = try authority.issueComponent(role: "infoservice", name: "main")
            let named = try authority.issueComponent(
                role: "infoservice", name: "main", alsoKnownAs: [.dns("LOCALHOST"), .ip("2001:DB8:0::1")])
            #expect(named.certificate != plain.certificate)
            #expect(named.certificate.identity?.uri == "vc3://infoservice/main")
            #expect(named.certificate.alternativeNames.contains(.ip("2001:db8::1")))
            let again = try authority.issueComponent(
                role: "infoservice", name: "main", alsoKnownAs: [.ip("2001:db8::1"), .dns("localhost")])
            #expect(again.certificate == named.certificate)
            #expect(try authority.issueComponent(role: "infoservice", name: "main").certificate == named.certificate)
        }
    }

    @Test func hostAndUserOfOneNameShareNothing() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let host = try authority.host("ana")
            let user = try authority.user("ana")
            let component = try authority.issueComponent(role: "user", name: "ana")
            #expect(Set([host.keyPEM, user.keyPEM, component.keyPEM]).count == 3)
            #expect(host.certificate.identity?.role == "host" && user.certificate.identity?.role == "user")
        }
    }

    @Test func filesHaveTheirUsualPlacesAndNobodyElseReadsKeys() async throws {
        try await withScratchPath { directory in
            let credential = try CertificateAuthority(vardir: directory).host("a.example.org")
            let base = directory + "/ssca/defaultca"
            #expect(credential.keyPath == base + "/intermediate/private/a.example.org.keynopw.pem")
            #expect(credential.certificatePath == base + "/intermediate/certs/a.example.org.cert.pem")
            for key in [
                "/root/private/root.keynopw.pem", "/intermediate/private/intermediate.keynopw.pem",
                "/intermediate/private/a.example.org.keynopw.pem",
            ] { #expect(try mode(of: base + key) == 0o400) }
            for certificate in [
                "/root/certs/root.cert.pem", "/intermediate/certs/intermediate.cert.pem",
                "/intermediate/certs/ca-chain.cert.pem", "/intermediate/certs/a.example.org.cert.pem",
                "/intermediate/newcerts/\(credential.certificate.serial).pem",
            ] { #expect(try mode(of: base + certificate) == 0o444) }
            for folder in ["", "/root", "/root/private", "/intermediate/private"] {
                #expect(try mode(of: base + folder) == 0o700)
            }
            #expect(
                try content(of: base + "/intermediate/certs/ca-chain.cert.pem")
                    == credential.root.pem + credential.intermediate.pem)
        }
    }

    @Test func indexListsEverythingThatWasSigned() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let index = directory + "/ssca/defaultca/intermediate/index.txt"
            let host = try authority.host("a.example.org")
            let handle = try #require(FileHandle(forWritingAtPath: index))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("V\t2710".utf8))
            try handle.close()
            let key = try PrivateKey()
            let request = try SigningRequest(pem: SigningRequest(key: key, commonName: "x").pem())
            let signed = try authority.sign(request, as: .user("ana"))
            let lines = try content(of: index).split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(lines.count == 3)
            #expect(lines[0].contains(Substring(host.certificate.serial)))
            #expect(lines[2].contains(Substring(signed.certificates[0].serial)))
            #expect(signed.certificates[0].matches(key) && signed.certificates[1] == host.intermediate)
        }
    }

    @Test(arguments: ["sslserver", "sslclient"])
    func opensslAcceptsWhatIsIssued(purpose: String) async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(
                vardir: directory,
                policy: IssuingPolicy(
                    site: SubjectName(country: "US", state: "NY", organization: "BNL", email: "a@b.org")))
            let host = try authority.host("10.1.2.3")
            let component = try authority.issueComponent(role: "master", name: "m", alsoKnownAs: [.dns("localhost")])
            for credential in [host, component] {
                try SecretFile.write(credential.root.pem, to: directory + "/root.pem", replacing: true)
                try SecretFile.write(credential.chainPEM, to: directory + "/chain.pem", replacing: true)
                let outcome = try await Tool.run([
                    "openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", directory + "/root.pem",
                    "-untrusted", directory + "/chain.pem", directory + "/chain.pem",
                ])
                #expect(outcome.status == 0, "\(outcome.output)")
            }
        }
    }

    @Test(arguments: [
        "", "..", "a/b", "../a", "a..b", "-a", ".a", "a\nb", "a\u{202e}b", "a\u{0}", " a", "a ",
        String(repeating: "a", count: 201),
    ])
    func namesThatAreNotSafeAreRefused(name: String) async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let questions: [() throws -> Void] = [
                { _ = try authority.host(name) }, { _ = try authority.user(name) },
                { _ = try authority.issueComponent(role: "master", name: name) },
                { _ = try CertificateAuthority(vardir: directory, name: name) },
                { _ = try SSHKeyStore(vardir: directory).keys(for: name) },
                { _ = try SSHKeyStore(vardir: directory, name: name) },
            ]
            for ask in questions {
                let error = #expect(throws: CredibleError.self) { try ask() }
                #expect(error?.code == .name)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        }
    }

    @Test(arguments: ["a b", "a;b", "ä.example.org", "*.example.org", "intermediate", "ca-chain"])
    func hostNamesAreHostNames(name: String) async throws {
        try await withScratchPath { directory in
            let error = #expect(throws: CredibleError.self) { try CertificateAuthority(vardir: directory).host(name) }
            #expect(error?.message.hasPrefix("host name '") == true)
        }
    }
}
