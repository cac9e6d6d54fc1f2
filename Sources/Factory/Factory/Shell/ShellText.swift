/// Words and files as POSIX sh reads them.
enum ShellText {
    /// One word that means exactly this text.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A here-document, so that the text is in nobody's arguments. The text gets a final newline if it has none.
    ///
    /// - Parameter command: What reads the text, with its redirections.
    static func document(_ text: String, to command: String) -> String {
        var end = "VC3-END"
        while text.contains(end) { end += "-" }
        return "\(command) <<'\(end)'\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(end)\n"
    }

    /// What every script begins with. `say` writes a line that ``SiteReply`` finds among whatever else is printed.
    static let preamble = """
        LC_ALL=C; export LC_ALL
        umask 077
        say() { printf '\\n@@vc3 %s\\n' "$*"; }
        show() { sed "s/^/$1|/" "$2" 2>/dev/null </dev/null; }
        # bash keeps long here-documents in files there.
        [ -w "${TMPDIR:-/tmp}" ] || TMPDIR=${HOME:-}
        # How little is left in a home that is full.
        home_left() {
            df -Pk "${HOME:-/}" 2>/dev/null </dev/null | {
                read -r header && read -r device size used left rest && [ "$left" -lt 1024 ] &&
                    echo "$HOME has $left KiB of $size KiB left"
            } 2>/dev/null
        }

        """
}
