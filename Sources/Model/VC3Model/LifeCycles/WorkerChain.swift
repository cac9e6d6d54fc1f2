/// Why a pilot set has as many workers as it has: the steps from the wish to workers that have joined.
public struct WorkerChain: Sendable, Equatable {
    /// What keeps workers at a step.
    public struct Obstacle: Sendable, Equatable {
        public var reason: String
        public var message: String
        public var retryAt: Timestamp?
        public var mender: Condition.Mender?

        public init(reason: String, message: String, retryAt: Timestamp? = nil, mender: Condition.Mender? = nil) {
            self.reason = reason
            self.message = message
            self.retryAt = retryAt
            self.mender = mender
        }
    }

    /// What is known; all counts are of workers, and cumulative: one that has joined was validated, too.
    public struct Facts: Sendable, Equatable {
        /// What the nodeset asks for; `nil` when that is not known here.
        public var asked: Int?
        public var policy: String?
        public var wanted = 0
        public var hasHeadNode = true
        /// Pilots that exist or may exist, and take work now or later.
        public var alive = 0
        /// How many of these wait because the account may use no more at the site.
        public var keptByQuota = 0
        /// Whether the site refuses more for that reason.
        public var isQuotaReached = false
        public var quota: Obstacle?
        /// How many more the limits let exist now.
        public var permittedByLimits = 0
        /// How many of those the breaker lets be tried now.
        public var permittedByBreaker = 0
        public var limits: String?
        public var breaker: Obstacle?
        public var credential: Obstacle?
        /// Why the batch system did not take pilots, or does not start those that it has.
        public var batch: Obstacle?
        public var started = 0
        public var validation: Obstacle?
        public var validated = 0
        public var joined = 0

        public init() {}
    }

    public let links: [ChainLink]

    /// - Parameters:
    ///   - before: The links so far: what has not changed keeps its moment.
    ///   - now: The moment of what has.
    public init(_ facts: Facts, before: [ChainLink] = [], at now: Timestamp) {
        var links: [ChainLink] = []
        var rest = facts.asked ?? facts.wanted
        func add(_ step: ChainLink.Step, _ count: Int, _ obstacle: @autoclosure () -> Obstacle) {
            let passing = max(0, min(count, rest))
            var link = ChainLink(step: step, count: passing)
            if passing < rest {
                let obstacle = obstacle()
                let old = before.first { $0.step == step && $0.reason == obstacle.reason }
                link.reason = obstacle.reason
                link.message = String(obstacle.message.prefix(Self.longest))
                link.since = old?.since ?? now
                link.retryAt = obstacle.retryAt
                link.mender = obstacle.mender
            }
            rest = passing
            links.append(link)
        }
        add(.wanted, rest, Obstacle(reason: "None", message: ""))
        add(.policy, facts.wanted, Self.policy(facts))
        // What the quota keeps no later step keeps.
        let usable = max(0, facts.alive - facts.keptByQuota)
        add(
            .quota, facts.isQuotaReached ? usable : max(usable, facts.wanted - facts.keptByQuota),
            facts.quota
                ?? Obstacle(reason: "LimitReached", message: "the account may use no more there", mender: .nobody))
        add(
            .limits, usable + facts.permittedByLimits,
            Obstacle(reason: "Limited", message: facts.limits ?? "the next ones follow", mender: .nobody))
        add(
            .breaker, usable + facts.permittedByBreaker,
            facts.breaker ?? Obstacle(reason: "HeldBack", message: "the next ones follow", mender: .nobody))
        // Those that exist already do not need the account any more to go on.
        let reachable = facts.credential == nil ? rest : usable
        add(
            .credential, reachable,
            facts.credential ?? Obstacle(reason: "Unknown", message: "the account was not used yet", mender: .nobody))
        add(
            .batch, facts.started,
            facts.batch ?? Obstacle(reason: "Waiting", message: "the site has not started them yet", mender: .nobody))
        add(
            .validation, facts.validated,
            facts.validation
                ?? Obstacle(reason: "Validating", message: "started, and being looked at on the node", mender: .nobody))
        add(.joined, facts.joined, Obstacle(reason: "Joining", message: "about to join the pool", mender: .nobody))
        self.links = links
    }

    /// Characters of a message.
    static let longest = 600

    private static func policy(_ facts: Facts) -> Obstacle {
        if !facts.hasHeadNode {
            return Obstacle(reason: "HeadNodeNotReady", message: "the head node is not ready yet", mender: .nobody)
        }
        return Obstacle(
            reason: "Share",
            message: "the policy \(facts.policy ?? "of the request") gives this allocation \(facts.wanted) of "
                + "\(facts.asked ?? facts.wanted)")
    }
}
