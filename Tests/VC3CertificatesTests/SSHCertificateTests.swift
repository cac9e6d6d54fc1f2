import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct SSHCertificateTests {
    private func sign(
        _ principals: [String], identifier: String = "id", lifetime: Duration = .seconds(60),
        by kind: KeyKind = .ed25519
    ) throws -> SSHCertificate {
        let key = try PrivateKey(generating: .ed25519).sshPublicKey(comment: "c d")
        let profile = SSHCertificate.Profile(
            kind: .host, keyIdentifier: identifier, principals: principals, lifetime: lifetime)
        return try SSHCertificate(
            profile, for: key, signedBy: PrivateKey(generating: kind), serial: .max - 1, at: Date())
    }

    @Test(arguments: [KeyKind.ed25519, .p256, .p384, .rsa2048])
    func sshKeygenReadsThem(kind: KeyKind) async throws {
        try await withScratchPath { directory in
            let certificate = try sign(["a.example.org", "10.1.2.3"], by: kind)
            try SecretFile.write(certificate.line + "\n", to: directory + "/k-cert.pub", replacing: false)
            let outcome = try await Tool.run(["ssh-keygen", "-L", "-f", directory + "/k-cert.pub"])
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("ssh-ed25519-cert-v01@openssh.com host certificate"))
            #expect(outcome.output.contains("Serial: 18446744073709551614"))
            #expect(outcome.output.contains("Extensions: (none)"))
            #expect(outcome.output.contains("10.1.2.3"))
        }
    }

    @Test func goodForAllIsRefused() throws {
        for principals in [[], [""], ["a,b"], ["a\nb"]] {
            #expect(throws: CredentialError.self) { try sign(principals) }
        }
        #expect(throws: CredentialError.self) { try sign(["a"], identifier: "a\u{0}") }
        #expect(throws: CredentialError.self) { try sign(["a"], lifetime: .zero) }
    }
}
