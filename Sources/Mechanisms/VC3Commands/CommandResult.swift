/// How a process ended (wait(2)).
public enum ExitStatus: Sendable, Hashable {
    /// It ended by itself with this code.
    case exited(Int32)
    /// This signal ended it.
    case signaled(Int32)
}

/// What a command that ran to its end left behind.
public struct CommandResult: Sendable, Equatable {
    public let status: ExitStatus
    /// Standard output; bytes that are no UTF-8 are replaced by U+FFFD.
    public let output: String
    /// Standard error, likewise.
    public let errorOutput: String
    /// From the start of the program to its end, as the caller saw it.
    public let duration: Duration

    public init(status: ExitStatus, output: String = "", errorOutput: String = "", duration: Duration = .zero) {
        self.status = status
        self.output = output
        self.errorOutput = errorOutput
        self.duration = duration
    }

    /// Whether the program ended by itself with code 0.
    public var succeeded: Bool { status == .exited(0) }
}
