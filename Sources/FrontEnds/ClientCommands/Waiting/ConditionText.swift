import VC3Model

/// Conditions in words.
enum ConditionText {
    /// The condition to speak of first when not all is well: one that the user can mend, else one for the operator,
    /// else one that is being retried.
    static func mostUrgent(_ conditions: [Condition]) -> Condition? {
        let bad = conditions.filter { $0.status != .yes && !$0.message.isEmpty }
        return bad.first { $0.mender == .user } ?? bad.first { $0.mender == .operator } ?? bad.first
    }

    /// Who can mend it, and when it is tried again.
    static func advice(_ condition: Condition, at now: Timestamp) -> String? {
        advice(condition.mender, retryAt: condition.retryAt, at: now)
    }

    static func advice(_ mender: Condition.Mender?, retryAt: Timestamp?, at now: Timestamp) -> String? {
        let mender: String? =
            switch mender {
            case .user: "you can mend this"
            case .operator: "a VC3 operator can mend this"
            case .nobody: "nobody needs to act, it is being retried"
            case nil: nil
            }
        let retry = retryAt.map { moment in
            moment > now ? "next try in \(TimeSpan.text(moment - now))" : "next try is due"
        }
        let parts = [mender, retry].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// `SiteReachable is not so for 3m (ConnectionRefused): message; a VC3 operator can mend this`.
    static func line(_ condition: Condition, at now: Timestamp) -> String {
        let state = condition.status == .unknown ? "is not known" : "is false"
        let age = TimeSpan.text(now - condition.since)
        let advice = advice(condition, at: now).map { "; \($0)" } ?? ""
        return "\(condition.type) \(state) for \(age) (\(condition.reason)): \(condition.message)\(advice)"
    }
}
