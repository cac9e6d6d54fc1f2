import BatchSystems
import Logging
import VC3Model

/// Which sets and nodes are well, from what their pilots tell: so that a site, or a node, at which pilots fail gets few.
extension Site {
    /// Whether a pilot like those that the set asks for now was ever well here.
    func isProven(_ name: String) -> Bool {
        guard let set = sets[name], let spec = set.spec else { return false }
        if let known = set.isProven { return known }
        let page = book.page(of: name)
        let isProven =
            proofs.contains(PilotMake(spec))
            || [page.alive, page.uncleared, page.cleared].contains { pilots in
                book.records(pilots).contains { $0.wasWell && $0.intendedAt >= (set.changedAt ?? $0.intendedAt) }
            }
        sets[name]?.isProven = isProven
        return isProven
    }

    /// How many of `number` pilots may be submitted now, as far as failures and their absence go.
    func permitted(_ number: Int, name: String) -> Int {
        guard number > 0, let set = sets[name] else { return 0 }
        if set.breaker.isClosed {
            // What a queue of a file runs joins nothing by which it could be told to be well.
            if set.queue != nil || isProven(name) || mayStopProbing(name) { return number }
            sets[name]?.probingSince = set.probingSince ?? clock.elapsed()
        }
        let unproven = book.alive(in: name).count { $0.retiring == nil && set.isCanary($0) }
        return set.breaker.permitted(
            number, unproven: unproven, canaries: settings.canaries, at: clock.elapsed())
    }

    /// Who waits in a queue should not have to wait twice. Should those fail that come first, the others are withdrawn.
    private func mayStopProbing(_ name: String) -> Bool {
        guard let set = sets[name], let since = set.probingSince else { return false }
        return clock.elapsed() - since >= settings.canaryPatience && book.page(of: name).running == 0
    }

    /// When a set stops to wait for its first pilots.
    var nextProbingEnd: Duration? {
        let now = clock.elapsed()
        return sets.values.compactMap { set in
            set.isProven == true || set.isDeleting ? nil : set.probingSince.map { $0 + settings.canaryPatience }
        }.filter { $0 > now }.min()
    }

    func reasonForHolding(_ set: WantedSet) -> String {
        let failures = set.breaker.failures
        if failures == 0 { return "the first \(settings.canaries) pilots are to show that the site is well" }
        return "after \(failures) \(failures == 1 ? "failure" : "failures") in a row one pilot at a time is tried"
    }

    /// Takes note of how a pilot fares on its node, as it tells it.
    func noteWay(of record: PilotRecord, _ own: PilotReport, before: PilotRecord) {
        if record.joinedAt != nil, before.joinedAt == nil {
            noteWell(record, isMended: obstacles[record.id] != nil)
        }
        guard let word = own.obstacle, !own.hasEnded else {
            obstacles[record.id] = nil
            return
        }
        guard obstacles[record.id] == nil else { return }
        obstacles[record.id] = word
        let fault = PilotFault.of(word)
        let finding = Finding(
            status: .no, reason: fault.reason,
            message:
                "pilot \(record.id)\(record.host.map { " on \($0)" } ?? ""): \(own.message ?? word); \(fault.advice)",
            mender: fault.mender)
        sets[record.pilotSet]?.validation = finding
        trip(record.pilotSet, finding, .pilot)
    }

    /// A pilot is well: so are its node and, if it is no older than what was changed, its set.
    ///
    /// - Parameter isMended: Whether what failed before is believed to be mended.
    func noteWell(_ record: PilotRecord, isMended: Bool) {
        if let host = record.host { nodes.noteSuccess(at: host, clock.wall.now()) }
        guard var set = sets[record.pilotSet], let spec = set.spec,
            record.intendedAt >= (set.changedAt ?? record.intendedAt)
        else { return }
        restless.insert(record.pilotSet)
        proofs.insert(PilotMake(spec))
        set.isProven = true
        set.probingSince = nil
        if set.breaker.isClosed || isMended {
            set.failuresInARow = 0
            set.validation = nil
            if !set.breaker.isClosed {
                set.breaker.reset()
                set.submission = Finding(status: .yes, reason: "Submitted", message: "the site takes pilots")
            }
        }
        sets[record.pilotSet] = set
    }

    /// Pilots that tell nothing of their way are well when they have run for a while.
    func settleProofs() {
        let now = clock.wall.now()
        for (name, set) in sets where !set.breaker.isClosed || set.probingSince != nil {
            let well = book.alive(in: name).first { record in
                record.stage == .running && record.retiring == nil && obstacles[record.id] == nil
                    && set.isCanary(record)
                    && now - (record.runningAt ?? now) >= settings.provenAfter
            }
            if let well { noteWell(well, isMended: true) }
        }
    }

    /// A pilot ended badly. One node's fault is not its site's, as long as pilots are well at others.
    func failed(_ record: PilotRecord, _ fault: PilotFault, _ message: String) {
        let finding = Finding(status: .no, reason: fault.reason, message: message, mender: fault.mender)
        let isNodes = fault.isOfNode && record.joinedAt == nil && record.exit?.signal == nil
        if isNodes, let host = record.host {
            nodes.noteFailure(at: host, record.exit?.text ?? fault.reason, clock.wall.now())
            sets[record.pilotSet]?.failuresInARow += 1
            let failures = sets[record.pilotSet]?.failuresInARow ?? 0
            if isProven(record.pilotSet), failures <= 3, nodes.isWellElsewhere(than: host, clock.wall.now()) {
                sets[record.pilotSet]?.noteError(message)
                restless.insert(record.pilotSet)
                return
            }
        }
        if record.joinedAt == nil { sets[record.pilotSet]?.validation = finding }
        trip(record.pilotSet, finding, .pilot)
    }

    /// Nodes that get no pilots now.
    var shunned: [ShunnedNode] { nodes.shunned(at: clock.wall.now()) }

    var nextNodeChange: Duration? {
        let now = clock.wall.now()
        return nodes.nextChange(after: now).map { clock.elapsed() + ($0 - now) }
    }

    /// What became of pilots at nodes is in the ledger.
    static func nodes(rememberedBy book: PilotBook) -> NodeHealth {
        var nodes = NodeHealth()
        let known = book.pilotSets.flatMap { name in
            let page = book.page(of: name)
            return book.records(page.alive) + book.records(page.uncleared) + book.records(page.cleared)
        }
        let told = known.compactMap { record -> (at: Timestamp, host: String, cause: String?)? in
            guard let host = record.host else { return nil }
            if let joined = record.joinedAt { return (joined, host, nil) }
            guard record.end == .failed, record.exit?.signal == nil, PilotFault.of(record.exit?.word).isOfNode,
                let ended = record.endedAt
            else { return nil }
            return (ended, host, record.exit?.text ?? "failed")
        }
        for (at, host, cause) in told.sorted(by: { $0.at < $1.at }) {
            if let cause { nodes.noteFailure(at: host, cause, at) } else { nodes.noteSuccess(at: host, at) }
        }
        return nodes
    }
}

extension WantedSet {
    /// Whether the pilot is one that tries out what was changed, or what failed.
    func isCanary(_ record: PilotRecord) -> Bool {
        if !breaker.isClosed { return trippedAt.map { record.intendedAt > $0 } ?? false }
        return changedAt.map { record.intendedAt >= $0 } ?? true
    }
}

extension PilotFacts {
    /// It joined, or it ended as it should and not at once.
    var wasWell: Bool { joinedAt != nil || end == .expired }
}

extension PilotRecord {
    var wasWell: Bool { facts.wasWell }
}
