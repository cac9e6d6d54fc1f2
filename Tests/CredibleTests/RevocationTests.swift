import Credible
import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct RevocationTests {
    @Test(arguments: [KeyKind.p256, .p384, .ed25519, .rsa2048])
    func opensslSeesWhatIsRevoked(kind: KeyKind) async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(
                vardir: directory, policy: IssuingPolicy(authorityKey: kind))
            let (good, bad) = (try authority.user("good"), try authority.user("bad"))
            try authority.revoke(serial: bad.certificate.serial.lowercased(), because: .keyCompromise)
            let list = try authority.revocationList()
            #expect(list.serials == [bad.certificate.serial])
            try SecretFile.write(good.root.pem, to: directory + "/root.pem", replacing: true)
            try SecretFile.write(good.intermediate.pem, to: directory + "/int.pem", replacing: true)
            try SecretFile.write(list.pem, to: directory + "/crl.pem", replacing: true)
            for (credential, status) in [(good, Int32(0)), (bad, 2)] {
                try SecretFile.write(credential.certificate.pem, to: directory + "/leaf.pem", replacing: true)
                let outcome = try await Tool.run([
                    "openssl", "verify", "-x509_strict", "-crl_check", "-CRLfile", directory + "/crl.pem", "-CAfile",
                    directory + "/root.pem", "-untrusted", directory + "/int.pem", directory + "/leaf.pem",
                ])
                #expect(outcome.status == status, "\(outcome.output)")
                #expect(outcome.output.contains("certificate revoked") == (status != 0))
            }
            let text = try await Tool.run(["openssl", "crl", "-noout", "-text"], input: list.pem).output
            #expect(text.contains("Key Compromise") && text.contains("X509v3 CRL Number"))
        }
    }

    @Test func holderOfARevokedCertificateGetsANewKey() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let first = try authority.host("a.example.org")
            try authority.revoke(serial: first.certificate.serial)
            let second = try authority.host("a.example.org")
            #expect(second.keyPEM != first.keyPEM && second.certificate != first.certificate)
            #expect(try authority.host("a.example.org").certificate == second.certificate)
        }
    }

    @Test func whatWasTakenBackIsNotRenewed() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let identity = try CertificateIdentity(role: "user", name: "ana")
            let request = try SigningRequest(key: PrivateKey(), commonName: "ana")
            let old = try authority.user("ana").certificate.serial
            let renewed = try authority.sign(request, for: identity, renewing: old.lowercased()).certificates[0].serial
            // What was renewed goes with what it was renewed from.
            #expect(Set(try authority.revoke(allOf: identity)) == [old, renewed])
            for serial in [old, renewed] {
                let error = #expect(throws: CredibleError.self) {
                    try authority.sign(request, for: identity, renewing: serial)
                }
                #expect(error?.code == .revoked)
            }
            _ = try authority.sign(request, for: identity)
        }
    }

    /// Each renewal either comes first and is taken back too, or comes second and is refused.
    @Test func noRenewalEscapesWhoeverTakesAllBack() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let identity = try CertificateIdentity(role: "user", name: "ana")
            let request = try SigningRequest(key: PrivateKey(), commonName: "ana")
            let old = try authority.user("ana").certificate.serial
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try? authority.sign(request, for: identity, renewing: old) } }
                group.addTask { try authority.revoke(allOf: identity) }
                try await group.waitForAll()
            }
            #expect(try authority.issued().allSatisfy { $0.status == .revoked })
        }
    }

    @Test func allThatAnIdentityHasIsTakenBackAtOnce() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let (ana, ben) = (try authority.user("ana"), try authority.user("ben"))
            let identity = try CertificateIdentity(role: "user", name: "ana")
            let renewed = try authority.renew(identity, newKey: false)
            let requested = try authority.sign(SigningRequest(key: PrivateKey(), commonName: "ana"), for: identity)
            let serials = [ana.certificate, renewed.certificate, requested.certificates[0]].map(\.serial)
            #expect(Set(try authority.revoke(allOf: identity, because: .keyCompromise)) == Set(serials))
            let list = try authority.revocationList()
            #expect(list.serials == Set(serials) && !list.serials.contains(ben.certificate.serial))
            let error = #expect(throws: CredibleError.self) { try authority.revoke(allOf: identity) }
            #expect(error?.code == .name)
        }
    }

    @Test func listStaysUntilSomethingChanges() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let empty = try authority.revocationList()
            #expect(empty.serials.isEmpty)
            #expect(try authority.revocationList() == empty)
            let user = try authority.user("ana")
            try authority.revoke(serial: user.certificate.serial)
            let list = try authority.revocationList()
            #expect(list != empty)
            try authority.revoke(serial: user.certificate.serial)
            #expect(try authority.revocationList() == list)
            let read = try RevocationList(pem: list.pem, signedBy: user.intermediate)
            #expect(read.serials == list.serials)
            #expect(throws: CredentialError.self) { try RevocationList(pem: list.pem, signedBy: user.root) }
            #expect(throws: CredentialError.self) { try RevocationList(pem: "x", signedBy: user.root) }
        }
    }

    @Test func revocationSurvivesTheLossOfTheList() async throws {
        try await withScratchPath { directory in
            let authority = try CertificateAuthority(vardir: directory)
            let user = try authority.user("ana")
            try authority.revoke(serial: user.certificate.serial)
            try FileManager.default.removeItem(
                atPath: directory + "/ssca/defaultca/intermediate/crl/intermediate.crl.pem")
            #expect(try authority.revocationList().serials == [user.certificate.serial])
        }
    }

    @Test(arguments: ["ABCDEF", "../x", ""])
    func unknownSerialNumberIsNamed(serial: String) async throws {
        try await withScratchPath { directory in
            let error = #expect(throws: CredibleError.self) {
                try CertificateAuthority(vardir: directory).revoke(serial: serial)
            }
            #expect(error?.code == .name)
        }
    }

    @Test func commandPrintsTheList() async throws {
        try await withScratchPath { directory in
            try SecretFile.write("[credible]\nvardir = \(directory)\n", to: directory + "/c", replacing: false)
            let certificate = try await CertificateDocument(
                pem: credible("-c", directory + "/c", "usercert", "ana").output)
            let outcome = try await credible("-c", directory + "/c", "revoke", "--key-compromised", certificate.serial)
            #expect(outcome.status == 0)
            #expect(try await credible("-c", directory + "/c", "crl").output == outcome.output)
            let text = try await Tool.run(["openssl", "crl", "-noout", "-text"], input: outcome.output).output
            #expect(text.contains("Serial Number: \(certificate.serial)"))
        }
    }
}
