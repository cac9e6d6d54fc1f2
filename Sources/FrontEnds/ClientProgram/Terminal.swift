import ClientCommands
import Foundation
import Synchronization

/// Standard output and standard error.
final class Terminal: Sendable {
    private let hasFailed = Mutex(false)

    var console: Console {
        Console(
            write: { text in self.write(text) },
            // Who cannot be told cannot be told that either.
            note: { text in try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8)) },
            width: isatty(STDOUT_FILENO) == 1 ? Self.width : nil)
    }

    /// Whether all of standard output was taken; a full disk or a closed pipe is no success.
    var isOutputComplete: Bool { hasFailed.withLock { !$0 } }

    /// Whether a person sits at it, who can be asked something.
    static var isPersons: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    private func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            hasFailed.withLock { $0 = true }
        }
    }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
