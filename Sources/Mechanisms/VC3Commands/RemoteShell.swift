/// Writes command lines for shells.
public enum RemoteShell {
    /// `word` as one word of a POSIX shell's command line, byte for byte (POSIX 2.2.2).
    public static func quote(_ word: String) -> String {
        if !word.isEmpty, word.utf8.allSatisfy(isPlain) { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// `words` as one command line of a POSIX shell.
    public static func quote(_ words: [String]) -> String {
        words.map(quote).joined(separator: " ")
    }

    /// A command line that makes any login shell hand `script` to a POSIX shell.
    ///
    /// sshd gives the command line to the account's login shell (sshd(8), "login process"), which may be csh or fish.
    /// These disagree about `!`, `\`, quotes and line ends even within quotes, so all but harmless characters travel
    /// as octal escapes of printf's `%b` (POSIX: `\0ddd`), which no shell looks into.
    public static func wrap(_ script: String) -> String {
        var line = #"exec /bin/sh -c 'eval "$(printf %b ""#
        for byte in script.utf8 {
            if isHarmless(byte) {
                line.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                line += "\\0"
                line.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + (byte >> 6)))
                line.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + (byte >> 3 & 7)))
                line.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "0") + (byte & 7)))
            }
        }
        return line + #"")"'"#
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        // Within single quotes: ' ends them, \ and ! mean something to fish and csh. Within the inner double
        // quotes: " $ ` \ mean something to sh. Control bytes and non-ASCII depend on the shell's locale.
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "`"):
            false
        case 0x20...0x7E: true
        default: false
        }
    }
}
