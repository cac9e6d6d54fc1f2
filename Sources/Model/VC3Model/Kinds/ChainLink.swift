/// One step of the way from a wish to workers that have joined: how many get through it, and what keeps the others.
public struct ChainLink: Codable, Sendable, Hashable {
    /// The steps in order; each lets through at most as many as the one before.
    public enum Step: String, Codable, Sendable, Hashable, CaseIterable {
        /// What the nodeset asks for, over all allocations.
        case wanted
        /// The share that the request's policy gives to this allocation.
        case policy
        /// What the account, or a group that it belongs to, may use at the site.
        case quota
        /// What the limits of the resource, the nodeset and the Factory let exist now.
        case limits
        /// What is risked while pilots fail, or while none has shown yet that the site is well.
        case breaker
        /// Whether the account can be used.
        case credential
        /// What the batch system has started.
        case batch
        /// Workers that were found to be as promised.
        case validation
        /// Workers that are in the pool.
        case joined
    }

    public var step: Step
    /// Workers that get through.
    public var count: Int
    /// One CamelCase word; unset while the step keeps none.
    public var reason: String?
    /// A sentence, in the words of whoever keeps them.
    public var message: String?
    /// Since when it keeps some for this reason.
    public var since: Timestamp?
    public var retryAt: Timestamp?
    public var mender: Condition.Mender?

    public init(
        step: Step, count: Int, reason: String? = nil, message: String? = nil, since: Timestamp? = nil,
        retryAt: Timestamp? = nil, mender: Condition.Mender? = nil
    ) {
        self.step = step
        self.count = count
        self.reason = reason
        self.message = message
        self.since = since
        self.retryAt = retryAt
        self.mender = mender
    }
}
