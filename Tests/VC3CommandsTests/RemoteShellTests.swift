import Foundation
import Testing
import VC3Commands

@Suite struct RemoteShellTests {
    @Test(arguments: [
        ("plain-1.0_x/y:z,@+", "plain-1.0_x/y:z,@+"), ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#),
        ("~", "'~'"),
        ("a=b", "'a=b'"), ("$HOME", "'$HOME'"), ("'", #"''\'''"#), ("\n", "'\n'"), ("ä", "'ä'"),
    ])
    func aWordIsQuotedOnlyIfItMust(word: String, quoted: String) {
        #expect(RemoteShell.quote(word) == quoted)
    }

    @Test func wordsAreJoinedByBlanks() {
        #expect(RemoteShell.quote(["echo", "a b", ""]) == "echo 'a b' ''")
    }

    static let shells = ["sh", "dash", "bash", "tcsh", "csh", "fish", "zsh", "ksh"].map { "/usr/bin/\($0)" }
        .filter { FileManager.default.isExecutableFile(atPath: $0) }

    /// sshd hands the line to the account's login shell in exactly this way.
    @Test(arguments: shells) func everyLoginShellPassesTheScriptOn(shell: String) async throws {
        let words = ["it's", "a!b", "!!", "\\n", "$HOME", "`id`", "\"", "ä€", "x\ny", "\\'", "%s%%", "*", "~", "\t"]
        let script = "printf '%s|' " + RemoteShell.quote(words) + "\nprintf '\\n'; exit 3"
        let result = try await LocalRunner().run(Command([shell, "-c", RemoteShell.wrap(script)]))
        #expect(result.output == words.map { $0 + "|" }.joined() + "\n")
        #expect(result.status == .exited(3))
        #expect(result.errorOutput.isEmpty)
    }
}
