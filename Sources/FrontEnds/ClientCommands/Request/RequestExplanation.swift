import VC3Model

/// Why a virtual cluster is as large as it is, line by line.
struct RequestExplanation {
    let story: RequestStory
    let now: Timestamp

    var lines: [String] {
        let request = story.request
        var lines = ["request \(request.name): \(RequestStory.headline(request))"]
        lines.append("  workers joined: \(story.joined) of \(story.wanted)")
        if let end = request.spec.expiration {
            let left = end > now ? "in \(TimeSpan.text(end - now))" : "which is over"
            lines.append("  ends by itself: \(end), \(left)")
        }
        lines += conditions(request.status.conditions).map { "  " + $0 }
        lines += headNode
        for set in story.workerSets { lines += about(set) }
        if story.workerSets.isEmpty { lines.append("no worker sets yet: they are made once the head node is ready") }
        return lines
    }

    private var headNode: [String] {
        guard let node = story.headNode else { return ["head node: none yet"] }
        let place = node.status.app_host.map { " at \($0)" } ?? ""
        return ["head node \(node.name): \(node.status.state)\(place)"]
            + conditions(node.status.conditions).map { "  " + $0 }
    }

    private func about(_ set: Entity<PilotSet>) -> [String] {
        let (spec, status) = (set.spec, set.status)
        var lines = [
            "worker set \(spec.nodeset) on \(spec.allocation): \(spec.wanted) wanted, \(RequestStory.counts(status))"
        ]
        let ends = [
            (status.done, "ended normally"), (status.expired, "lived for all of their walltime"),
            (status.failed, "failed"), (status.vanished, "vanished"),
        ]
        let ended =
            ends.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if !ended.isEmpty { lines.append("  so far: " + ended.joined(separator: ", ")) }
        if let traffic = status.traffic { lines.append("  site: \(Self.text(traffic))") }
        lines += ChainText.lines(status.chain, at: now).map { "  " + $0 }
        lines += status.shunned.map {
            "  node \($0.node) gets no pilots, for \(TimeSpan.text($0.until - now)): \($0.reason)"
        }
        let bad = conditions(status.conditions)
        lines += bad.map { "  " + $0 }
        if status.running < spec.wanted || !bad.isEmpty {
            lines += status.explanation.map { "  why: " + $0 }
            lines += status.last_errors.map { "  error: " + $0 }
            if bad.isEmpty, status.explanation.isEmpty, status.last_errors.isEmpty {
                lines.append("  why: \(reason(without: status))")
            }
        }
        return lines
    }

    private static func text(_ traffic: SiteTraffic) -> String {
        let wait = traffic.wait > 0 ? ", the next in \(traffic.wait) s" : ""
        return "\(traffic.commands) of at most \(traffic.budget) commands in a minute, "
            + "\(traffic.scheduler_commands) of them to the batch system\(wait); way: \(traffic.way); "
            + "pilots' events: \(traffic.spool)"
    }

    private func reason(without status: PilotSet.Status) -> String {
        if status.factory == nil { return "no factory has taken it yet" }
        if status.pending > 0 { return "the site has not started them yet" }
        return "the factory has not said yet"
    }

    private func conditions(_ conditions: [Condition]) -> [String] {
        conditions.filter { $0.status != .yes }.map { ConditionText.line($0, at: now) }
    }
}
