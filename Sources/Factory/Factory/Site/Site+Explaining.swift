import BatchSystems
import VC3Model

/// From the wish to workers: what a set's status shows as its chain.
extension Site {
    func chainFacts(of name: String, _ page: SetPage) -> WorkerChain.Facts {
        var facts = WorkerChain.Facts()
        guard let set = sets[name], let spec = set.spec else { return facts }
        facts.asked = spec.asked
        facts.policy = spec.policy
        facts.wanted = set.wanted
        facts.hasHeadNode = spec.headnode != nil
        facts.alive = page.submitting + page.pending + page.running
        facts.permittedByLimits = set.permittedByLimits
        facts.permittedByBreaker = set.permittedByBreaker
        // What nobody would see is not made: this is done for all sets at each turn.
        if facts.alive + facts.permittedByLimits < facts.wanted, !set.explanation.isEmpty {
            facts.limits = set.explanation.joined(separator: "; ")
        }
        facts.keptByQuota = set.overQuota?.count ?? 0
        facts.quota = set.overQuota.map {
            WorkerChain.Obstacle(
                reason: Self.limitReached,
                message:
                    "\(self.name) says of \($0.count) that wait: \($0.limit); they start when others of the account end",
                mender: .nobody)
        }
        if let finding = set.submission, finding.status == .no {
            facts.breaker = Self.obstacle(finding)
            if finding.reason == Self.limitReached {
                facts.isQuotaReached = true
                facts.quota = facts.breaker
            }
        } else if facts.permittedByBreaker < facts.permittedByLimits {
            facts.breaker = WorkerChain.Obstacle(
                reason: "Canary", message: reasonForHolding(set), mender: .nobody)
        }
        facts.credential = contact.flatMap { $0.status == .yes ? nil : Self.obstacle($0) }
        facts.batch =
            trouble.map(Self.obstacle)
            ?? set.waiting.map { WorkerChain.Obstacle(reason: "Waiting", message: $0, mender: .nobody) }
        facts.started = page.running
        facts.validated = page.validated
        facts.joined = page.joined
        facts.validation = set.validation.map(Self.obstacle)
        return facts
    }

    /// The same whether the site refuses pilots for it or lets them wait.
    private static let limitReached = SubmissionRefusal.Reason.limitReached.word

    private static func obstacle(_ finding: Finding) -> WorkerChain.Obstacle {
        WorkerChain.Obstacle(
            reason: finding.reason, message: finding.message, retryAt: finding.retryAt, mender: finding.mender)
    }

    /// Keeps, for each set, why most of those that wait do so, and how many of them a quota of the account keeps.
    func noteWaiting(_ jobs: [JobReport]) {
        var reasons: [String: [String: Int]] = [:]
        var quotas: [String: [String: Int]] = [:]
        for job in jobs where job.state == .pending {
            guard let reason = job.reason, let pilot = PilotID(tag: job.tag), let record = book[pilot] else {
                continue
            }
            if job.isOverQuota, record.retiring == nil {
                quotas[record.pilotSet, default: [:]][reason, default: 0] += 1
            } else {
                reasons[record.pilotSet, default: [:]][reason, default: 0] += 1
            }
        }
        for name in sets.keys {
            let waiting = Self.most(reasons[name]).map { "the batch system says of those that wait: \($0)" }
            if sets[name]?.waiting != waiting { sets[name]?.waiting = waiting }
            let quota = Self.most(quotas[name]).map {
                OverQuota(count: quotas[name]?.values.reduce(0, +) ?? 0, limit: $0)
            }
            if sets[name]?.overQuota != quota { sets[name]?.overQuota = quota }
        }
    }

    private static func most(_ reasons: [String: Int]?) -> String? {
        reasons?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
