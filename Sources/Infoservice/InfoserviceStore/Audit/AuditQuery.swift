public import VC3Model

/// Which entries of the audit trail are wanted. What is `nil` does not matter.
public struct AuditQuery: Sendable, Equatable {
    public static let largestLimit = 1000

    public var role: Role?
    public var who: String?
    public var kind: EntityKind?
    public var name: String?
    /// From this moment on.
    public var since: Timestamp?
    /// Before this moment.
    public var until: Timestamp?
    /// Entries older than this one only: the `next` of the page before.
    public var before: Revision?
    /// Most entries in one page, 1 to ``largestLimit``.
    public var limit: Int

    public init(
        role: Role? = nil, who: String? = nil, kind: EntityKind? = nil, name: String? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil, before: Revision? = nil, limit: Int = 100
    ) {
        self.role = role
        self.who = who
        self.kind = kind
        self.name = name
        self.since = since
        self.until = until
        self.before = before
        self.limit = limit
    }

    func matches(_ entry: AuditEntry) -> Bool {
        (role == nil || entry.role == role) && (who == nil || entry.who == who)
            && (kind == nil || entry.kind == kind) && (name == nil || entry.name == name)
            && since.map { entry.time >= $0 } ?? true && until.map { entry.time < $0 } ?? true
            && before.map { entry.revision < $0 } ?? true
    }

    /// - Parameter trail: In revision order.
    func page(of trail: some BidirectionalCollection<AuditEntry>) -> AuditPage {
        AuditPage(newestFirst: Array(trail.reversed().lazy.filter(matches).prefix(limit + 1)), limit: limit)
    }
}

/// Entries of the audit trail, newest first.
public struct AuditPage: Sendable, Codable, Equatable {
    public var items: [AuditEntry]
    /// When there are more: ask again with this as ``AuditQuery/before``.
    public var next: Revision?

    /// - Parameter found: One more than `limit` when there are more.
    init(newestFirst found: [AuditEntry], limit: Int) {
        items = Array(found.prefix(limit))
        next = found.count > limit ? items.last?.revision : nil
    }
}
