import Credible
import Foundation
import Synchronization

/// Fetches the passphrase from where the configuration says, once for the process.
enum PassphraseReader {
    static func passphrase(from source: PassphraseSource) -> Passphrase {
        let known = Mutex<String?>(nil)
        return Passphrase {
            try known.withLock { known in
                let text = try known ?? read(source)
                known = text
                return text
            }
        }
    }

    private static func read(_ source: PassphraseSource) throws -> String {
        try source.text(credentials: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]) ?? prompt()
    }

    private static func prompt() throws -> String {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw Failure(
                "keypassphrase = prompt, and there is no terminal to ask at; use file:/PATH or credential:NAME")
        }
        defer { close(terminal) }
        var saved = termios()
        tcgetattr(terminal, &saved)
        var silent = saved
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer { tcsetattr(terminal, TCSAFLUSH, &saved) }
        let question = Array("Passphrase of the authority's keys: ".utf8)
        _ = write(terminal, question, question.count)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        _ = write(terminal, "\n", 1)
        guard !line.isEmpty else { throw Failure("the passphrase is empty") }
        return String(decoding: line, as: UTF8.self)
    }
}
