import Dispatch
import Foundation

/// Asks the person at the terminal for something that is not shown.
struct SecretPrompt: Sendable {
    struct Interrupted: Error {}

    /// - Throws: ``Interrupted`` at Ctrl-C and Ctrl-D; `CancellationError`.
    func answer(to question: String) async throws -> [UInt8] {
        let cancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Waiting for a person would block a thread that others need.
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try Self.read(question, until: cancelled) })
                }
            }
        } onCancel: {
            cancelled.raise()
        }
    }

    /// Without echo and without signals: whatever ends the reading, the terminal is as it was.
    private static func read(_ question: String, until cancelled: CancellationFlag) throws -> [UInt8] {
        var usual = termios()
        guard tcgetattr(STDIN_FILENO, &usual) == 0 else { throw Interrupted() }
        var quiet = usual
        quiet.c_lflag &= ~tcflag_t(ECHO | ISIG | ICANON)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
            say("\n")
        }
        say(question)
        var answer: [UInt8] = []
        while true {
            guard !cancelled.isRaised else { throw CancellationError() }
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 200) > 0 else { continue }
            var byte: UInt8 = 0
            guard Foundation.read(STDIN_FILENO, &byte, 1) == 1 else { throw Interrupted() }
            switch byte {
            case 0x0A, 0x0D: return answer
            case 0x03, 0x04: throw Interrupted()  // Ctrl-C, Ctrl-D
            case 0x08, 0x7F: answer = Array(String(decoding: answer, as: UTF8.self).dropLast().utf8)
            case 0x15: answer = []  // Ctrl-U
            case 0x20...: answer.append(byte)
            default: continue
            }
        }
    }

    private static func say(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
