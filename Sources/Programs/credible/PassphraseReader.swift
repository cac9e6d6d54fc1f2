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
        switch source {
        case .prompt: try prompt()
        case .file(let path): try firstLine(of: path)
        case .credential(let name):
            if let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
                try firstLine(of: directory + "/" + name)
            } else {
                throw Failure(
                    "keypassphrase = credential:\(name) needs a service with LoadCredential=\(name):PATH;"
                        + " CREDENTIALS_DIRECTORY is not set")
            }
        }
    }

    private static func firstLine(of path: String) throws -> String {
        let text = try InputFile.text(of: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw Failure(
                "others can read the passphrase in '\(path)' (mode 0\(String(mode, radix: 8))); run: chmod 600 \(path)")
        }
        let line = text.prefix { !$0.isNewline }
        guard !line.isEmpty else { throw Failure("the passphrase in '\(path)' is empty") }
        return String(line)
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
