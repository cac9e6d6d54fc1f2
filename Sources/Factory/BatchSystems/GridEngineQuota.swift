/// A resource quota of slots that holds for all that an account does, as qquota(1) tells it.
struct GridEngineQuota: Sendable, Equatable, CustomStringConvertible {
    /// Of the rule, as `sge_resource_quota(5)` numbers them: `set/1`.
    var rule: String
    var used: Int
    var limit: Int

    /// - Parameter line: `vc3-quota RULE USED/LIMIT FILTER`, with `-` for a rule without a filter.
    ///
    /// Rules for some queues, hosts, projects or parallel environments say nothing about a job alone: `nil`.
    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count > 3 else { return nil }
        let figures = words[2].split(separator: "/").map { Int($0) }
        guard figures.count == 2, let used = figures[0], let limit = figures[1] else { return nil }
        let others: Set<Substring> = ["queues", "hosts", "projects", "pes"]
        guard words[3] == "-" || words[3] == "users", others.isDisjoint(with: words[3...]) else { return nil }
        (rule, self.used, self.limit) = (String(words[1]), used, limit)
    }

    /// Whether there is room for a job of so many slots.
    func lets(_ slots: Int) -> Bool { used + slots <= limit }

    var description: String { "resource quota \(rule): \(used) of \(limit) slots are used" }
}
