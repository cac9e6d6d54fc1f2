/// Why a batch system did not take a job.
public struct SubmissionRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: String, Sendable, Equatable, CaseIterable {
        /// No such partition or queue, or this account may not use it.
        case unknownQueue
        /// The account, project or quality of service named is not valid.
        case invalidAccount
        /// There is no such reservation, or this account may not use it.
        case invalidReservation
        /// A limit on the number or size of jobs is reached; it passes when jobs end.
        case limitReached
        /// The job asks for more than any node has, or for longer than the queue allows.
        case impossibleRequest
        /// An option the site does not know.
        case badOption
        /// An option that this batch system cannot be asked for, or a text that may not be passed on. The site was not asked.
        case unsupportedOption
        /// The site takes no job arrays, or none so large. Single jobs are tried next.
        case arrayRefused
        /// The account's or the node's disk is full, or its quota reached.
        case diskFull
        /// The pilot's folder or script is missing or unreadable there.
        case missingFile
        /// The batch system's server does not answer.
        case unavailable
        /// The batch system's commands are not installed there.
        case notInstalled
        /// Nothing the adapter knows.
        case other

        /// The reason of a condition.
        public var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    /// Who can mend it.
    public enum Mender: String, Sendable, Equatable {
        /// The user who owns the allocation or wrote the request.
        case user
        /// Whoever runs the resource or describes it to VC3.
        case `operator`
        /// Nobody has to: it is tried again.
        case nobody
    }

    public let reason: Reason
    public let mender: Mender
    /// The batch system's own words, shortened.
    public let message: String

    public init(_ reason: Reason, mender: Mender, message: String) {
        self.reason = reason
        self.mender = mender
        self.message = message
    }

    public var description: String { message }
}
