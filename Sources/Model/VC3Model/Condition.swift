/// One thing that is known about an entity: whether it holds, since when, why, and who can mend it.
public struct Condition: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Codable, Hashable { case yes = "true", no = "false", unknown }

    /// Who can mend a condition that is not as it should be.
    public enum Mender: String, Sendable, Codable, Hashable {
        case user, `operator`
        /// It is being retried; nobody needs to act.
        case nobody
    }

    /// CamelCase, e.g. `Validated`, `HeadNodeReady`, `SiteReachable`.
    public var type: String
    public var status: State
    /// One CamelCase word for programs, e.g. `AuthenticationRefused`.
    public var reason: String
    /// A sentence for people, with the cause and the next step.
    public var message: String
    /// When `status` last changed.
    public var since: Timestamp
    /// When the next attempt is due, while something is being retried.
    public var retryAt: Timestamp?
    public var mender: Mender?

    public init(
        type: String, status: State, reason: String, message: String, since: Timestamp, retryAt: Timestamp? = nil,
        mender: Mender? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.since = since
        self.retryAt = retryAt
        self.mender = mender
    }
}

extension Array where Element == Condition {
    public subscript(type: String) -> Condition? { first { $0.type == type } }

    public func isTrue(_ type: String) -> Bool { self[type]?.status == .yes }

    /// Sets a condition, keeping `since` while its status stays the same. Order is that of first appearance.
    public mutating func set(_ condition: Condition) {
        guard let index = firstIndex(where: { $0.type == condition.type }) else { return append(condition) }
        var updated = condition
        if self[index].status == condition.status { updated.since = self[index].since }
        self[index] = updated
    }

    public mutating func remove(_ type: String) { removeAll { $0.type == type } }
}
