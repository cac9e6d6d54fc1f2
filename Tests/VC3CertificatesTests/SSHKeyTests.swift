import Testing
import VC3Testing
import VC3Certificates

@Suite struct SSHKeyTests {
    @Test(arguments: [KeyKind.ed25519, .p256, .p384, .rsa2048])
    func sshKeygenReadsOurKeysAndAgreesOnTheFingerprint(kind: KeyKind) async throws {
        try await withScratchPath { directory in
            let key = try PrivateKey(generating: kind)
            let publicKey = try key.sshPublicKey(comment: "ana at site")
            try SecretFile.write(key.openSSHText(comment: "ana at site"), to: directory + "/k", replacing: false)
            try SecretFile.write(publicKey.line + "\n", to: directory + "/k.pub", replacing: false)
            let fromPrivate = try await Tool.run(["ssh-keygen", "-y", "-f", directory + "/k"])
            #expect(fromPrivate.output == publicKey.line + "\n")
            let listed = try await Tool.run(["ssh-keygen", "-l", "-f", directory + "/k.pub"]).output
            #expect(listed.contains(" \(publicKey.fingerprint) ana at site "))
            let signed = try await Tool.run(
                ["ssh-keygen", "-Y", "sign", "-q", "-f", directory + "/k", "-n", "test"], input: "text")
            #expect(signed.output.contains("BEGIN SSH SIGNATURE"))
        }
    }

    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "rsa", "-b", "2048"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"],
        ["-t", "ecdsa", "-b", "521"],
    ])
    func keysMadeBySshKeygenAreValid(type: [String]) async throws {
        try await withScratchPath { directory in
            _ = try await Tool.run(["ssh-keygen", "-q", "-N", "", "-C", "a b", "-f", directory + "/k"] + type)
            let line = try await Tool.run(["cat", directory + "/k.pub"]).output
            let key = try SSHPublicKey(parsing: line)
            #expect(key.line + "\n" == line)
            #expect(key.comment == "a b")
            #expect(
                try await Tool.run(["ssh-keygen", "-l", "-f", directory + "/k.pub"]).output.contains(key.fingerprint))
            let withOptions = try SSHPublicKey(parsing: #"no-pty,command="echo \"hi there\"" "# + line)
            #expect(withOptions.options == #"no-pty,command="echo \"hi there\"""#)
            #expect(withOptions.blob == key.blob)
            let privateKey = try await Tool.run(["cat", directory + "/k"]).output
            #expect(throws: CredentialError.self) { try SSHPublicKey(parsing: privateKey) }
        }
    }

    @Test(arguments: [
        ("", CredentialError.Code.malformed),
        ("ssh-ed25519", .malformed),
        ("ssh-ed25519 AAAA", .malformed),
        ("ssh-ed25519 !!!!", .malformed),
        ("hello world", .malformed),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a", .malformed),
        ("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh a", .malformed),
        (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh a\nssh-ed25519 x",
            .malformed
        ),
        ("ssh-dss AAAAB3NzaC1kc3MAAAABAQ== a", .refused),
    ])
    func otherLinesAreRefused(line: String, code: CredentialError.Code) {
        let error = #expect(throws: CredentialError.self) { try SSHPublicKey(parsing: line) }
        #expect(error?.code == code)
    }

    @Test func shortRSAKeyIsRefused() async throws {
        try await withScratchPath { directory in
            _ = try await Tool.run(["ssh-keygen", "-q", "-N", "", "-t", "rsa", "-b", "1024", "-f", directory + "/k"])
            let line = try await Tool.run(["cat", directory + "/k.pub"]).output
            let error = #expect(throws: CredentialError.self) { try SSHPublicKey(parsing: line) }
            #expect(error?.message == "the RSA key has 1024 bits; at least 2048 are needed")
        }
    }

    @Test(arguments: ["a\nssh-ed25519 AAAA", "a\r", "\u{0}"])
    func commentCannotBeginASecondLine(comment: String) throws {
        let key = try PrivateKey(generating: .ed25519)
        #expect(throws: CredentialError.self) { try key.sshPublicKey(comment: comment) }
        #expect(throws: CredentialError.self) { try key.openSSHText(comment: comment) }
    }

    @Test func anyBytesAreReadOrRefused() throws {
        var generator = SystemRandomNumberGenerator()
        let good = try PrivateKey(generating: .rsa2048).sshPublicKey(comment: "c")
        let privateText = try PrivateKey(generating: .ed25519).openSSHText(comment: "c")
        for _ in 0..<500 {
            var line = Array(good.line.utf8)
            var text = Array(privateText.utf8)
            line[Int.random(in: 0..<line.count, using: &generator)] = UInt8.random(in: 0x20...0x7e, using: &generator)
            text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 0x20...0x7e, using: &generator)
            _ = try? SSHPublicKey(parsing: String(decoding: line.prefix(.random(in: 0...line.count)), as: UTF8.self))
            _ = try? SSHPublicKey(openSSHPrivateText: String(decoding: text, as: UTF8.self), comment: "")
        }
    }
}
