import Credible
import Foundation
import Testing
import VC3Testing
import VC3Certificates

@Suite struct SSHKeyStoreTests {
    @Test(arguments: [KeyKind.ed25519, .p256, .p384, .rsa2048])
    func pairStaysAndSshKeygenAgrees(kind: KeyKind) async throws {
        try await withScratchPath { directory in
            let store = try SSHKeyStore(vardir: directory, kind: kind)
            let first = try store.keys(for: "ana.midway")
            let second = try store.keys(for: "ana.midway")
            #expect(first == second)
            let path = directory + "/ssh/sshdefault/ana.midway/ana.midway"
            #expect(try mode(of: path) == 0o400)
            #expect(try content(of: path) == first.privateText)
            #expect(try content(of: path + ".pub") == first.publicLine)
            #expect(try await Tool.run(["ssh-keygen", "-y", "-f", path]).output == first.publicLine)
            #expect(first.publicLine.hasSuffix(" ana.midway\n"))
        }
    }

    @Test(arguments: [["-t", "rsa", "-b", "2048", "-m", "PEM"], ["-t", "rsa", "-b", "2048"], ["-t", "ed25519"]])
    func keysOfSshKeygenAreKeptAndTheirPublicHalfIsRestored(type: [String]) async throws {
        try await withScratchPath { directory in
            let path = directory + "/ssh/sshdefault/ana/ana"
            try SecretFile.makeDirectory(directory + "/ssh/sshdefault/ana")
            _ = try await Tool.run(["ssh-keygen", "-q", "-N", "", "-C", "ana", "-f", path] + type)
            let (privateText, publicLine) = (try content(of: path), try content(of: path + ".pub"))
            let store = try SSHKeyStore(vardir: directory)
            #expect(try store.keys(for: "ana") == (publicLine, privateText))
            try FileManager.default.removeItem(atPath: path + ".pub")
            #expect(try store.keys(for: "ana") == (publicLine, privateText))
            #expect(try content(of: path + ".pub") == publicLine)
        }
    }

    @Test func aPairThatIsReplacedIsWholeWhicheverFileACrashLeft() async throws {
        try await withScratchPath { directory in
            let path = directory + "/ssh/sshdefault/ana/ana"
            let store = try SSHKeyStore(vardir: directory)
            let old = try store.keys(for: "ana")
            let next = try PrivateKey(generating: .p256).openSSHText(comment: "ana")
            for _ in 0..<2 { try store.replaceKeys(of: "ana", with: next) }
            let new = try store.keys(for: "ana")
            #expect(new.privateText == next && new.publicLine.hasPrefix("ecdsa-sha2-nistp256 "))
            #expect(try await Tool.run(["ssh-keygen", "-y", "-f", path]).output == new.publicLine)
            #expect(try mode(of: path) == 0o400)
            // The private key first, the public one not any more.
            try SecretFile.write(old.publicLine, to: path + ".pub", replacing: true)
            #expect(try store.keys(for: "ana") == new)
            #expect(try content(of: path + ".pub") == new.publicLine)
            #expect(throws: CredibleError.self) { try store.replaceKeys(of: "ana", with: "hunter2") }
            #expect(try store.keys(for: "ana") == new)
        }
    }

    @Test func brokenPrivateKeyIsReportedAndKept() async throws {
        try await withScratchPath { directory in
            let path = directory + "/ssh/sshdefault/ana/ana"
            try SecretFile.makeDirectory(directory + "/ssh/sshdefault/ana")
            try SecretFile.write("hunter2", to: path, replacing: false)
            let error = #expect(throws: CredibleError.self) { try SSHKeyStore(vardir: directory).keys(for: "ana") }
            #expect(error?.code == .damaged)
            #expect(error?.message.contains("hunter2") == false)
            #expect(try content(of: path) == "hunter2")
        }
    }
}
