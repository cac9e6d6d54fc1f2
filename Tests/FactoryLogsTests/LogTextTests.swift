import Testing

@testable import FactoryLogs

@Suite struct LogTextTests {
    private static func shown(_ lines: [String]) -> [String] {
        var text = LogText()
        return lines.compactMap { text.shown($0) }
    }

    @Test func tokensAndPrivateKeysAreLeftOut() {
        let lines = [
            "begin", "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl!", "x -----BEGIN RSA PRIVATE KEY-----",
            "c2VjcmV0", "-----END RSA PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----", "end",
        ]
        #expect(
            Self.shown(lines) == ["begin", "token [token]!", "x [private key]", "-----BEGIN CERTIFICATE-----", "end"])
    }

    @Test func aKeyOnOneLineEndsThere() {
        #expect(
            Self.shown(["-----BEGIN PRIVATE KEY-----AA-----END PRIVATE KEY-----", "next"]) == ["[private key]", "next"])
    }

    @Test func aKeyThatDoesNotEndLeavesTheRestOut() {
        #expect(Self.shown(["-----BEGIN OPENSSH PRIVATE KEY-----", "c2Vj", "cmV0"]) == ["[private key]"])
    }

    @Test func nothingSteersATerminal() { #expect(Self.shown(["a\u{1B}[2Jb"]) == ["a?[2Jb"]) }
}
