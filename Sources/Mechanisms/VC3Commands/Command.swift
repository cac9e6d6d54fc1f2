/// A command as a value: what to run, with what, and for how long at most. It says nothing about where.
///
/// A ``CommandRunner`` decides where. Arguments reach the program byte for byte on every runner: nothing is expanded
/// or split. Secrets belong into ``input``; arguments and environment are visible to other people on a login node.
public struct Command: Sendable, Equatable {
    /// The program (a path, or a name looked up in `PATH`) and its arguments.
    public var arguments: [String]
    /// What the program reads from its standard input; empty means an empty input, never the caller's own.
    public var input: [UInt8]
    /// Variables added to the environment the runner starts programs with. Never a secret.
    public var environment: [String: String]
    /// Where the program starts; `nil` leaves it to the runner (here: the caller's; over SSH: the account's home).
    public var workingDirectory: String?
    /// The longest the command may take, from its start to its last byte of output.
    public var timeout: Duration

    public init(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
        workingDirectory: String? = nil, timeout: Duration = .seconds(60)
    ) {
        self.arguments = arguments
        self.input = input
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.timeout = timeout
    }

    /// A POSIX shell script given as an argument, so that its commands may read ``input``.
    ///
    /// Linux takes at most 128 KiB in one argument (execve(2), `MAX_ARG_STRLEN`); use ``piped(script:timeout:)`` for more.
    public static func shell(_ script: String, input: [UInt8] = [], timeout: Duration = .seconds(60)) -> Command {
        Command(["/bin/sh", "-c", script], input: input, timeout: timeout)
    }

    /// A POSIX shell script of any length, read by the shell from its standard input.
    ///
    /// Every command in it that might read standard input must be given `</dev/null`, or it eats the rest.
    public static func piped(script: String, timeout: Duration = .seconds(60)) -> Command {
        Command(["/bin/sh", "-s"], input: Array(script.utf8), timeout: timeout)
    }
}
