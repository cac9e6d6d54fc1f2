/// One request to a standing shell, as bytes: `run MARK SCRIPT-BYTES INPUT-BYTES`, a line end, the script, the input.
struct StandingRequest: Sendable {
    /// Unpredictable, so that no output can be taken for the end of it.
    private let mark: String
    private let script: [UInt8]
    var input: [UInt8]
    var timeout: Duration
    var outputLimit: Int
    /// What goes before it in one piece.
    var preceding: [UInt8] = []

    init(script: String, input: [UInt8], timeout: Duration, outputLimit: Int) {
        mark = RemoteFrame.newMark()
        // A shell runs a compound command only when it has read its end: a script that a lost connection has cut
        // short is a syntax error as a whole.
        self.script = Array("{ \(script)\n}".utf8)
        self.input = input
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    /// Everything up to the input.
    var head: [UInt8] { Array("run \(mark) \(script.count) \(input.count)\n".utf8) + script }

    /// What the shell writes to both streams when the request is done with.
    var over: [UInt8] { Array("\n\(mark) over\n".utf8) }

    /// The shell itself, a script for a POSIX shell. It ends with its input.
    ///
    /// Scripts run in a subshell, so that nothing of them stays. Input that nobody has read is thrown away. bash takes
    /// `TMOUT`, which some sites set, as the longest time for `read`.
    static let shell = """
        # VC3: runs commands for the owner of this account, one after the other.
        unset TMOUT
        vc3_take() { if [ "$1" -gt 0 ]; then head -c "$1"; fi; }
        while read -r vc3_word vc3_mark vc3_script vc3_input; do
            [ "$vc3_word" = run ] || exit 64
            vc3_text=$(vc3_take "$vc3_script")
            if [ "$vc3_input" = 0 ]; then
                (eval "$vc3_text") </dev/null
            else
                vc3_take "$vc3_input" | { (eval "$vc3_text"); cat >/dev/null; }
            fi
            printf '\\n%s over\\n' "$vc3_mark"
            printf '\\n%s over\\n' "$vc3_mark" >&2
        done
        """

    /// A command line that brings up the shell from any login shell, in a process that shows what it is to whoever
    /// looks at the host's processes.
    static var commandLine: String {
        RemoteShell.wrap("exec /bin/sh -c \(RemoteShell.quote(shell)) vc3-commands")
    }
}
