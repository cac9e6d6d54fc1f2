import Foundation
import Synchronization

/// Where finished log lines go: standard error, standard output, or a file that is turned over when it grows.
///
/// A file that was renamed by another program (logrotate) is opened anew by ``reopen()``.
public final class LogSink: Sendable {
    public enum Place: Sendable, Equatable {
        case standardError
        case standardOutput
        case file(String)
    }

    private struct State {
        var descriptor: Int32
        var size: Int64
    }

    private let place: Place
    private let longest: Int64
    private let kept: Int
    private let alsoShown: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - longest: Bytes after which a file is turned over.
    ///   - kept: How many turned-over files are kept: `<file>.1` is the newest.
    ///   - alsoShown: Whether lines for a file go to standard output as well.
    /// - Throws: ``StartError`` when the file cannot be opened.
    public init(_ place: Place, longest: Int64 = .max, kept: Int = 2, alsoShown: Bool = false) throws {
        self.place = place
        self.longest = longest
        self.kept = kept
        self.alsoShown = alsoShown
        switch place {
        case .standardError: state = Mutex(State(descriptor: STDERR_FILENO, size: 0))
        case .standardOutput: state = Mutex(State(descriptor: STDOUT_FILENO, size: 0))
        case .file(let path): state = Mutex(try Self.open(path))
        }
    }

    /// One write for each line, so that lines of several processes do not mix.
    public func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        state.withLock { state in
            if case .file(let path) = place, state.size > 0, state.size + Int64(bytes.count) > longest {
                turnOver(path, &state)
            }
            // Nobody is left to tell when the log itself cannot be written.
            let written = Foundation.write(state.descriptor, bytes, bytes.count)
            state.size += Int64(max(written, 0))
            if alsoShown { _ = Foundation.write(STDOUT_FILENO, bytes, bytes.count) }
        }
    }

    /// Opens the file by its name again. When that fails, what is open stays in use.
    public func reopen() {
        guard case .file(let path) = place else { return }
        state.withLock { state in
            guard let fresh = try? Self.open(path) else { return }
            close(state.descriptor)
            state = fresh
        }
    }

    private func turnOver(_ path: String, _ state: inout State) {
        for number in stride(from: kept, to: 1, by: -1) { rename("\(path).\(number - 1)", "\(path).\(number)") }
        if kept > 0 { rename(path, "\(path).1") } else { unlink(path) }
        guard let fresh = try? Self.open(path) else { return }
        close(state.descriptor)
        state = fresh
    }

    private static func open(_ path: String) throws -> State {
        let file = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard file >= 0 else {
            throw StartError("cannot open log file '\(path)': \(String(cString: strerror(errno)))")
        }
        return State(descriptor: file, size: Int64(max(lseek(file, 0, SEEK_END), 0)))
    }
}
