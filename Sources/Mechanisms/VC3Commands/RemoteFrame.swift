/// The frame around a remote command: it separates the command's output from what login scripts print, and proves
/// that the command started and how it ended, whatever becomes of the connection.
struct RemoteFrame: Sendable {
    /// Unpredictable, so that no output can be mistaken for a mark.
    private let mark: String
    /// Whether the host has coreutils' timeout(1), to end what this side gave up on.
    var hasTimeout: Bool

    init(hasTimeout: Bool = false) {
        mark = Self.newMark()
        self.hasTimeout = hasTimeout
    }

    static func newMark() -> String {
        var random = SystemRandomNumberGenerator()
        return "vc3-" + String(random.next(), radix: 36) + String(random.next(), radix: 36)
    }

    /// A `ProxyCommand` for a client that must not make a connection of its own when its master is gone: it says so.
    ///
    /// It keeps its standard output until it has spoken: ssh(1) kills it as soon as that is closed.
    var proxyCommand: String { "/bin/sh -c 'echo \(mark) alone >&2; exit 1'" }

    /// Whether ``proxyCommand`` was run. Then no command was.
    func isAlone(_ ended: ChildProcess.Ended) -> Bool {
        ended.errorOutput.firstEnd(of: Array("\(mark) alone\n".utf8)) != nil
    }

    enum Reply: Sendable {
        case ended(CommandResult)
        /// The frame ran, but the folder or the program is not there.
        case notFound(String)
        /// Started, and the end was not seen.
        case cutShort
        /// There is no sign of a start.
        case absent
    }

    /// A script for a POSIX shell that runs `command` within the frame.
    func script(_ command: Command) -> String {
        var words: [String] = []
        if hasTimeout {
            // Later than this side's own timeout, so that this only reaps what a lost connection left behind.
            words += ["timeout", "-k", "10", String(command.timeout.components.seconds + 15)]
        }
        if !command.environment.isEmpty {
            words.append("env")
            words += command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
        words += command.arguments
        var lines = ["printf '\\n\(mark) start\\n'; printf '\\n\(mark) start\\n' >&2"]
        if let folder = command.workingDirectory {
            let quoted = RemoteShell.quote(folder)
            lines.append("CDPATH= cd -- \(quoted) || { printf '\\n\(mark) folder\\n' >&2; exit 1; }")
        }
        let program = RemoteShell.quote(command.arguments[0])
        lines.append("command -v -- \(program) >/dev/null 2>&1 || { printf '\\n\(mark) program\\n' >&2; exit 127; }")
        lines.append(RemoteShell.quote(words))
        lines.append("s=$?; printf '\\n\(mark) end %s\\n' $s >&2; exit $s")
        return lines.joined(separator: "\n")
    }

    func reply(_ ended: ChildProcess.Ended, to command: Command) -> Reply {
        let start = Array("\n\(mark) start\n".utf8)
        guard let errorStart = ended.errorOutput.firstEnd(of: start),
            let outputStart = ended.output.firstEnd(of: start)
        else {
            return ended.errorOutput.firstEnd(of: start) == nil && ended.output.firstEnd(of: start) == nil
                ? .absent : .cutShort
        }
        let errorOutput = ended.errorOutput[errorStart...]
        let lead = Array("\n\(mark) ".utf8)
        guard let tail = errorOutput.lastEnd(of: lead) else { return .cutShort }
        let words = String(decoding: errorOutput[tail...], as: UTF8.self).split(separator: "\n").first ?? ""
        switch words {
        case "folder": return .notFound("no folder \(command.workingDirectory ?? ".")")
        case "program": return .notFound("no program \(command.arguments.first ?? "")")
        default: break
        }
        guard words.hasPrefix("end "), let code = Int32(words.dropFirst(4)) else { return .cutShort }
        return .ended(
            CommandResult(
                status: .exited(code), output: String(decoding: ended.output[outputStart...], as: UTF8.self),
                errorOutput: String(decoding: errorOutput[..<(tail - lead.count)], as: UTF8.self),
                duration: ended.duration))
    }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// The index after the first occurrence of `pattern`.
    func firstEnd(of pattern: [UInt8]) -> Int? {
        guard count >= pattern.count else { return nil }
        return (startIndex...(endIndex - pattern.count)).first { matches(pattern, at: $0) }.map { $0 + pattern.count }
    }

    /// The index after the last occurrence of `pattern`.
    func lastEnd(of pattern: [UInt8]) -> Int? {
        guard count >= pattern.count else { return nil }
        return (startIndex...(endIndex - pattern.count)).last { matches(pattern, at: $0) }.map { $0 + pattern.count }
    }

    private func matches(_ pattern: [UInt8], at index: Int) -> Bool {
        for offset in pattern.indices where self[index + offset] != pattern[offset] { return false }
        return true
    }
}
