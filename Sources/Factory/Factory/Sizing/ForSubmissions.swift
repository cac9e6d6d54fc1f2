/// Rules that have a say only while there is something to submit: whatever they give, what is too many is ended.
///
/// The guide's chain `KeepNRunning, MinPerCycle, …` would otherwise never end a pilot, because a minimum of 0 at a time
/// makes 0 of each negative number.
struct ForSubmissions: SizingRule {
    var rules: [any SizingRule]

    func decide(_ number: Int, _ view: SizingView) -> SizingDecision {
        guard number > 0 else { return SizingDecision(number) }
        var number = number
        var reasons: [String] = []
        for rule in rules {
            let decision = rule.decide(number, view)
            number = decision.number
            if let reason = decision.reason { reasons.append(reason) }
        }
        return SizingDecision(max(0, number), reasons.isEmpty ? nil : reasons.joined(separator: "; "))
    }
}
