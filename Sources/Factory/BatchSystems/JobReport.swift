/// The batch system's own name for a job.
public struct JobID: RawRepresentable, Hashable, Codable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// Where a job is in its life, in one vocabulary for all batch systems.
public enum JobState: String, Sendable, Codable, CaseIterable {
    /// Waiting for its turn.
    case pending
    case running
    /// It has run or been cancelled, and the batch system is still cleaning up after it.
    case finishing
    /// It ran to its end with exit code 0.
    case done
    /// It ended otherwise: non-zero exit, killed by a limit, node lost, could not start.
    case failed
    /// It waits for a person: on hold or in an error state. It does not run by itself.
    case held
    /// Somebody cancelled it.
    case cancelled
    /// It has ended and the batch system does not tell how. Only the pilot's own report can.
    case vanished
    /// The batch system says a word that its manual does not list. Neither alive nor dead may be concluded; it is told to
    /// people.
    case unknown

    /// Whether the job has ended for good.
    public var isFinal: Bool { self == .done || self == .failed || self == .cancelled }
}

/// What a batch system says about one job.
public struct JobReport: Sendable, Equatable {
    /// ``PilotJob/tag``.
    public var tag: String
    public var job: JobID
    public var state: JobState
    /// The state in the batch system's own words.
    public var nativeState: String
    /// Why the job waits, is held or failed, in the batch system's words, if it says so.
    public var reason: String?
    public var exitCode: Int32?
    /// The node the job runs or ran on.
    public var node: String?
    /// Whether it waits because its account, or a group that this belongs to, may use no more; ``reason`` names the limit.
    public var isOverQuota: Bool

    public init(
        tag: String, job: JobID, state: JobState, nativeState: String, reason: String? = nil, exitCode: Int32? = nil,
        node: String? = nil, isOverQuota: Bool = false
    ) {
        self.tag = tag
        self.job = job
        self.state = state
        self.nativeState = nativeState
        self.reason = reason
        self.exitCode = exitCode
        self.node = node
        self.isOverQuota = isOverQuota
    }
}
