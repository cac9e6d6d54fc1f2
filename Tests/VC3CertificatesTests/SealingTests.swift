import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct SealingTests {
    @Test(arguments: [KeyKind.p256, .p384, .ed25519, .rsa2048])
    func opensslOpensWhatIsSealedHereAndTheOtherWayRound(kind: KeyKind) async throws {
        let key = try PrivateKey(generating: kind)
        let sealed = try key.sealedPEM(passphrase: "größer als 1")
        #expect(try PrivateKey(sealedPEM: sealed, passphrase: "größer als 1").pem == key.pem)
        let opened = try await Tool.run(["openssl", "pkey", "-passin", "pass:größer als 1"], input: sealed)
        #expect(try PrivateKey(pem: opened.output).pem == key.pem)
        let theirs = try await Tool.run(
            ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:x"], input: key.pem)
        #expect(try PrivateKey(sealedPEM: theirs.output, passphrase: "x").pem == key.pem)
    }

    @Test func wrongPassphraseIsRefused() throws {
        let sealed = try PrivateKey().sealedPEM(passphrase: "a")
        let error = #expect(throws: CredentialError.self) { try PrivateKey(sealedPEM: sealed, passphrase: "b") }
        #expect(error?.code == .refused)
    }

    @Test(arguments: [
        ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-passout", "pass:x"],
        ["pkcs8", "-topk8", "-v2", "aes-128-cbc", "-passout", "pass:x"],
        ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1", "-passout", "pass:x"],
        ["pkcs8", "-topk8", "-scrypt", "-passout", "pass:x"],
        ["pkcs8", "-topk8", "-nocrypt"],
    ])
    func otherFormsAreMalformed(command: [String]) async throws {
        let text = try await Tool.run(["openssl"] + command, input: PrivateKey().pem).output
        let error = #expect(throws: CredentialError.self) { try PrivateKey(sealedPEM: text, passphrase: "x") }
        #expect(error?.code == .malformed)
    }

    @Test func cutFilesAreMalformed() throws {
        let sealed = try PrivateKey().sealedPEM(passphrase: "a")
        for text in ["", String(sealed.prefix(120)), sealed.replacingOccurrences(of: "ENCRYPTED ", with: "")] {
            #expect(throws: CredentialError.self) { try PrivateKey(sealedPEM: text, passphrase: "a") }
        }
    }
}
