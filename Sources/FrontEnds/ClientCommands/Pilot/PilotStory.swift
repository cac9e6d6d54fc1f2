import VC3Model

/// One pilot's life, line by line.
struct PilotStory {
    let pilot: Entity<Pilot>
    let now: Timestamp

    var lines: [String] {
        let (spec, status) = (pilot.spec, pilot.status)
        let reason = status.state_reason.map { ": \($0)" } ?? ""
        var lines = ["pilot \(pilot.name): \(PilotTable.state(status))\(reason)"]
        lines.append("  of request \(spec.request), on allocation \(spec.allocation) at \(spec.resource)")
        if status.job != nil || status.host != nil {
            lines.append("  job \(status.job ?? "not known"), host \(status.host ?? "not known")")
        }
        if !status.timeline.isEmpty { lines.append("  timeline:") }
        var previous: Timestamp?
        for (phase, moment) in status.steps {
            let after = previous.map { "  +\(TimeSpan.text(moment - $0))" } ?? ""
            let word = phase.rawValue + String(repeating: " ", count: max(0, 10 - phase.rawValue.count))
            lines.append("    \(word)  \(moment)\(after)")
            previous = moment
        }
        if let last = previous, status.state != PilotPhase.ended.rawValue {
            lines.append("    since \(TimeSpan.text(now - last))")
        }
        if let cause = status.cause {
            let code = status.exit_code.map { ", exit code \($0)" } ?? ""
            let signal = status.signal.map { ", signal \($0)" } ?? ""
            lines.append("  cause: \(cause)\(code)\(signal)")
        }
        if !status.last_lines.isEmpty {
            lines.append("  last lines:")
            lines += status.last_lines.map { "    | \($0)" }
        }
        return lines
    }
}
