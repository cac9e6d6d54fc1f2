import Testing
import VC3Commands

@Suite struct PinnedHostKeyTests {
    static let key = PinnedHostKey(type: "ssh-ed25519", base64: "AAAAC3NzaC1lZDI1NTE5AAAAIHNcRGfV")

    @Test(arguments: [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNcRGfV", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNcRGfV root@host\n",
        "[host]:2222,10.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNcRGfV",
        "  host\tssh-ed25519   AAAAC3NzaC1lZDI1NTE5AAAAIHNcRGfV comment",
    ])
    func readsPublicKeysAndKnownHosts(line: String) {
        #expect(PinnedHostKey(line: line) == Self.key)
    }

    @Test(arguments: [
        "", "# host ssh-ed25519 AAAAC3", "@revoked host ssh-ed25519 AAAAC3", "ssh-ed25519", "host ssh-ed25519",
        "host password AAAAC3", "ssh-ed25519 hello", "ssh-ed25519 AAAA\"x", "-----BEGIN OPENSSH PRIVATE KEY-----",
    ])
    func anythingElseIsNoKey(line: String) {
        #expect(PinnedHostKey(line: line) == nil)
    }

    @Test func credentialsDoNotPrint() {
        let credentials = SSHCredentials(privateKey: Array("secret".utf8))
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect("\(credentials) \(String(reflecting: credentials)) \(dumped)".contains("115") == false)
        #expect(String(describing: [credentials]) == "[SSHCredentials(…)]")
    }
}
