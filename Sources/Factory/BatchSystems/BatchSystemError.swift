/// A reply of a batch system that cannot be believed or understood. It says nothing about any job.
public struct BatchSystemError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: String, Sendable, Equatable {
        /// The batch system did not answer the question (its server is down or busy). Ask again later.
        case unavailable
        /// The batch system's commands are not there: wrong flavor, or `PATH` lacks them.
        case notInstalled
        /// The reply is cut short or has another form than expected.
        case notUnderstood
    }

    public let reason: Reason
    public let message: String

    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    public var description: String { message }
}
