/// Why a command has no result.
///
/// Branch on ``reason`` and ``outcomeUnknown``; show ``description``.
public struct CommandError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: String, Sendable, Equatable, CaseIterable {
        /// The program (or its working directory) does not exist or may not be executed.
        case notFound
        /// The command took longer than its ``Command/timeout``, or its turn did not come in that time.
        case timedOut
        /// No connection to the host: no route, no listener, no name, no answer.
        case unreachable
        /// The host does not accept the key for this user.
        case authenticationRefused
        /// Only a person can log in to this host, and nobody is logged in.
        case loginNeeded
        /// The host shows another key than the pinned one.
        case hostKeyChanged
        /// No host key is pinned, so there is nothing to compare the host's key with.
        case hostKeyUnknown
        /// The key was accepted, but the account cannot run commands: expired, disabled, no shell, forced command.
        case accountRefused
        /// The key was accepted, but the account's login script does not come to the command: it ends, becomes another
        /// program, or waits.
        case loginScript
        /// The connection ended while the command was under way.
        case connectionLost
        /// The host refuses further sessions on the connection (sshd_config(5), `MaxSessions`).
        case sessionRefused
        /// More output than the runner's limit; the command was stopped.
        case outputTooLarge
        /// The command is longer than a command line may be.
        case commandTooLong
        /// The calling task was cancelled.
        case cancelled
        /// This machine could not do its part: a file that cannot be written, no process to be had.
        case localFailure
    }

    public let reason: Reason
    /// What happened, in words, naming the place; free of secrets.
    public let message: String
    /// Whether the command may have run, wholly or partly. `false` is certain: it did not start.
    public let outcomeUnknown: Bool
    /// When the same call may be worth another try; `nil` if waiting alone mends nothing or no time is known.
    public let retryAfter: Duration?

    public init(_ reason: Reason, _ message: String, outcomeUnknown: Bool = false, retryAfter: Duration? = nil) {
        self.reason = reason
        self.message = message
        self.outcomeUnknown = outcomeUnknown
        self.retryAfter = retryAfter
    }

    /// Whether a later attempt can succeed without anybody changing anything. It says nothing about
    /// whether repeating is safe: see ``outcomeUnknown``.
    public var isTransient: Bool {
        switch reason {
        case .timedOut, .unreachable, .connectionLost, .sessionRefused, .localFailure: true
        case .notFound, .authenticationRefused, .loginNeeded, .hostKeyChanged, .hostKeyUnknown, .accountRefused,
            .loginScript, .outputTooLarge, .commandTooLong, .cancelled:
            false
        }
    }

    public var description: String { message }
}
