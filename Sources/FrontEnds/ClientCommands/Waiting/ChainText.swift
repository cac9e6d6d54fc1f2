import VC3Model

/// The chain from a wish to workers, in words.
enum ChainText {
    /// The counts in one line, then a line for each step that keeps workers.
    static func lines(_ chain: [ChainLink], at now: Timestamp) -> [String] {
        if chain.isEmpty { return [] }
        var lines = ["chain: " + chain.map { "\($0.step.rawValue) \($0.count)" }.joined(separator: " > ")]
        for (before, link) in zip(chain, chain.dropFirst()) {
            guard let reason = link.reason else { continue }
            let kept = before.count - link.count
            let age = link.since.map { " for \(TimeSpan.text(now - $0))" } ?? ""
            let advice = ConditionText.advice(link.mender, retryAt: link.retryAt, at: now).map { "; \($0)" } ?? ""
            lines.append("  \(link.step.rawValue) keeps \(kept)\(age) (\(reason)): \(link.message ?? "")\(advice)")
        }
        return lines
    }
}
