import VC3Model

/// How much of the past is kept.
public struct Retention: Sendable, Equatable {
    /// Changes kept at least, for watchers to resume from.
    public var count: Int
    /// Changes older than this go, however few there are.
    public var age: Duration
    /// Entries of the audit trail kept at most.
    public var auditCount: Int64
    /// Entries of the audit trail older than this go.
    public var auditAge: Duration

    public init(
        count: Int = 10_000, age: Duration = .seconds(24 * 3600), auditCount: Int64 = 1_000_000,
        auditAge: Duration = .seconds(400 * 24 * 3600)
    ) {
        self.count = count
        self.age = age
        self.auditCount = auditCount
        self.auditAge = auditAge
    }

    /// What goes of the audit trail when the store is at revision `last`. There is one entry for each revision.
    func auditExpiry(at now: Timestamp, last: Revision) -> AuditExpiry {
        AuditExpiry(
            through: Revision(last.rawValue - auditCount),
            before: Timestamp(milliseconds: now.milliseconds - auditAge.inMilliseconds))
    }
}
