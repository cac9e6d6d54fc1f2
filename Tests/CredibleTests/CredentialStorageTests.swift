import Credible
import Foundation
import Testing
import VC3Certificates
import VC3Configuration
import VC3Testing

@Suite struct CredentialStorageTests {
    @Test func memoryKeepsWhatFilesWouldKeep() throws {
        let storage = CredentialStorage.memory()
        let authority = try CertificateAuthority(storage: storage)
        let host = try authority.host("a.example.org")
        #expect(try CertificateAuthority(storage: storage).host("a.example.org").keyPEM == host.keyPEM)
        try authority.revoke(serial: host.certificate.serial)
        #expect(try authority.revocationList().serials == [host.certificate.serial])
        #expect(try authority.host("a.example.org").keyPEM != host.keyPEM)
        #expect(try authority.issued().map(\.status) == [.revoked, .valid])
        let keys = try SSHKeyStore(storage: storage).keys(for: "ana")
        #expect(try SSHKeyStore(storage: storage).keys(for: "ana") == keys)
        #expect(!FileManager.default.fileExists(atPath: host.keyPath))
        #expect(try CertificateAuthority(storage: .memory()).host("a.example.org").root != host.root)
    }

    @Test func manyHostsAtOnceAreAsGoodAsOne() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let first = try authority.host("h7.example.org")
            let names = (0..<300).map { "h\($0).example.org" }
            #expect(try authority.hosts(names + ["H7.example.org"]) == 300)
            #expect(try authority.host("h7.example.org").certificate == first.certificate)
            let issued = try authority.issued()
            #expect(Set(issued.map(\.serial)).count == 300)
            #expect(Set(issued.compactMap { $0.identity?.name }) == Set(names))
            #expect(throws: CredibleError.self) { try authority.hosts(["good.example.org", "not good"]) }
            #expect(try authority.issued().count == 300)
        }
    }

    @Test func renewalIsForTheOldKeyUnlessANewOneIsWanted() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let identity = try CertificateIdentity(role: "user", name: "ana")
            let first = try authority.user("ana")
            let renewed = try authority.renew(identity, newKey: false)
            #expect(renewed.certificate != first.certificate && renewed.keyPEM == first.keyPEM)
            let changed = try authority.renew(identity, newKey: true)
            #expect(changed.keyPEM != first.keyPEM)
            #expect(try authority.user("ana").certificate == changed.certificate)
        }
    }

    @Test func limitsThatAreConfiguredLaterComeIntoForceAtOnce() async throws {
        try await withScratchPath { directory in
            let before = try CertificateAuthority(vardir: directory).host("a.example.com")
            let limits = try NamingLimits(domains: ["example.org"], networks: [])
            let limited = try CertificateAuthority(vardir: directory, policy: IssuingPolicy(limits: limits))
            #expect(throws: CredentialError.self) { try limited.renew(before.certificate.identity!, newKey: false) }
            let after = try limited.host("a.example.org")
            #expect(after.intermediate.limits == limits && after.root == before.root)
            #expect(
                try CertificateAuthority(vardir: directory).certificateChain().certificates[1] == after.intermediate)
        }
    }

    @Test(arguments: [
        ("", KeyKind.p256, KeyKind.p256, KeyKind.p256),
        ("bitlength = 4096", .rsa4096, .rsa4096, .rsa4096), ("bitlength = 2048", .rsa4096, .rsa2048, .rsa2048),
        ("bitlength = 384", .p384, .p384, .p384), ("keytype = ecdsa", .p256, .p256, .p256),
        ("keytype = ed25519\nuserkeytype = rsa\nuserbitlength = 3072", .ed25519, .ed25519, .rsa3072),
        ("keytype = rsa\ncakeytype = p384\nhostkeytype = p256", .p384, .p256, .rsa4096),
        ("cabitlength = 2048", .rsa2048, .p256, .p256),
    ])
    func kindsOfKeysAreChosenByTypeAndLength(text: String, ca: KeyKind, host: KeyKind, user: KeyKind) throws {
        let document = try INIDocument(
            parsing: "[credible]\nvardir = /tmp\n[credible-ssca]\n" + text, file: "c")
        let policy = try CredibleSettings.load(document, homeDirectory: "/").settings.policy
        #expect((policy.authorityKey, policy.hostKey, policy.userKey) == (ca, host, user))
    }

    @Test(arguments: [
        "keytype = rsa\nbitlength = 256", "keytype = ecdsa\nbitlength = 4096", "hostkeytype = dsa",
        "permitteddomains = a b", "permittednetworks = 10.0.0.1/8", "keypassphrase = secret", "lifetime = 1s",
    ])
    func combinationsThatDoNotExistAreNamed(text: String) throws {
        let document = try INIDocument(
            parsing: "[credible]\nvardir = /tmp\n[credible-ssca]\n" + text, file: "c")
        #expect(throws: ConfigurationError.self) { try CredibleSettings.load(document, homeDirectory: "/") }
    }
}
