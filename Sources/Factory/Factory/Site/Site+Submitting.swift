import BatchSystems
import Logging
import VC3Model

extension Site {
    /// Submits what the pilot sets lack, as far as limits and breakers let it.
    func submit() async throws {
        let isQuiet = isQuiet
        for name in restless.sorted() {
            guard let set = sets[name], let spec = set.spec, !set.isDeleting else {
                restless.remove(name)
                continue
            }
            var plan = claimingPlan(for: set, spec, name: name)
            if let queue = set.queue, isDue(set) { endCycle(name, queue, plan) }
            var explanation = plan.explanation
            defer {
                settings.census.giveUp(at: id)
                sets[name]?.explanation = explanation
                if isAtRest(name, plan) { restless.remove(name) }
            }
            let isAnyAlive = !book.page(of: name).alive.isEmpty
            let left = isAnyAlive ? max(0, spec.maxpercycle - (submittedThisCycle[name] ?? 0)) : spec.maxpercycle
            let permitted = self.permitted(plan.submit, name: name)
            let number = min(permitted, left)
            sets[name]?.permittedByLimits = plan.submit
            sets[name]?.permittedByBreaker = permitted
            if number < min(plan.submit, left) { explanation.append(reasonForHolding(set)) }
            let isReady = set.queue != nil || spec.headnode != nil
            if plan.submit > 0, !isReady { explanation.append("the head node is not known yet") }
            noteLack(plan.submit, name: name)
            guard number > 0, isReady else { continue }
            let pause =
                isQuiet ? commands.wait(forSubmissionsBelow: settings.quietSubmissions, at: clock.elapsed()) : .zero
            if pause > .zero {
                nextReplacement = clock.elapsed() + pause
                explanation.append("to spare the site, pilots that ended are replaced together, within a minute")
                continue
            }
            try await submit(number, of: name, spec)
            // The site answered: what the plan says has changed.
            if set.queue == nil, let set = sets[name] {
                plan = self.plan(for: set, spec, name: name)
                explanation = plan.explanation
                sets[name]?.permittedByLimits = plan.submit
                let permitted = self.permitted(plan.submit, name: name)
                sets[name]?.permittedByBreaker = permitted
                if permitted < plan.submit { explanation.append(reasonForHolding(set)) }
                noteLack(plan.submit, name: name)
            }
        }
    }

    /// Whether nothing will have to be done for a set until something about it changes. One that lacks pilots may get
    /// them as soon as a limit or a moment allows it.
    private func isAtRest(_ name: String, _ plan: PilotPlan) -> Bool {
        guard let set = sets[name] else { return true }
        let isComplete = set.queue != nil || plan.alive == set.wanted
        return isComplete && book.page(of: name).retiring == 0 && set.breaker.isClosed
    }

    /// The plan, together with the room in the whole Factory for what it submits, if its rules look at that.
    private func claimingPlan(for set: WantedSet, _ spec: PilotSet.Spec, name: String) -> PilotPlan {
        let rules = set.queue?.rules ?? settings.limits.current
        guard rules.contains(where: { $0 is MaxPerFactory }) else { return plan(for: set, spec, name: name) }
        return settings.census.claim(at: id, waking: signal) { plan(for: set, spec, name: name, within: $0) }
    }

    /// - Parameter room: How full the Factory is; `nil`: as it is now.
    func plan(for set: WantedSet, _ spec: PilotSet.Spec, name: String, within room: FactoryRoom? = nil) -> PilotPlan {
        let room = room ?? settings.census.room
        var fleet = PilotFleet()
        for record in book.alive(in: name) {
            if isDraining(record) {
                fleet.draining += 1
            } else if record.retiring != nil {
                fleet.retiring += 1
            } else {
                fleet.members.append(
                    PilotFleet.Member(
                        id: record.id, isRunning: record.stage == .running, isBusy: (busy[record.id] ?? 0) > 0,
                        intended: record.intendedAt, started: record.runningAt))
            }
        }
        if let queue = set.queue { return plan(for: set, queue, seeing: fleet, name: name, room) }
        let limits = settings.limits.current
        return PilotPlan(
            wanted: set.wanted, killOrder: KillOrder(rawValue: spec.killorder) ?? .newest, seeing: fleet,
            within: limits.isEmpty ? nil : sizingView(of: name, fleet, room),
            through: PilotPlan.chain(for: spec, and: limits))
    }

    /// Since when a set has too few: the first moment of its pilots' lives.
    private func noteLack(_ missing: Int, name: String) {
        guard let set = sets[name] else { return }
        sets[name]?.lackingSince = missing > 0 ? set.lackingSince ?? clock.wall.now() : nil
    }

    private func submit(_ number: Int, of name: String, _ spec: PilotSet.Spec) async throws {
        guard let epoch else { return }
        let now = clock.wall.now()
        let ids = stride(from: 0, to: number, by: PilotID.mostTogether).flatMap {
            settings.newPilot().numbered(min(PilotID.mostTogether, number - $0))
        }
        let fresh = ids.map {
            PilotRecord(
                id: $0, pilotSet: name, site: id, intendedAt: now, wantedAt: sets[name]?.lackingSince,
                walltime: spec.walltime > 0 ? spec.walltime : nil, tokenEnds: now + settings.tokenLife)
        }
        let orders: [PilotOrder]
        do {
            orders = try await self.orders(fresh, of: name, spec)
        } catch {
            trip(name, Finding(status: .no, reason: "TokenUnavailable", message: "\(error)", mender: .nobody))
            return
        }
        // Replacements tell themselves when they start.
        let isUrgent = !isQuiet
        try await save(fresh)
        submittedThisCycle[name, default: 0] += number
        if isUrgent { wakeLooks() }
        spend(.submission)
        let answers: [PilotID: SubmissionAnswer]
        do {
            answers = try await access.submit(orders, epoch: epoch)
        } catch {
            nextRecovery = .zero
            if !error.outcomeUnknown { try await save(fresh.map { ended($0, .neverSubmitted) }) }
            throw error
        }
        try await conclude(fresh, answers, of: name)
        if isUrgent || !isQuiet { wakeLooks() } else { nextLook = min(nextLook, clock.elapsed() + schedule.quiet) }
    }

    private func orders(
        _ fresh: [PilotRecord], of name: String, _ spec: PilotSet.Spec
    ) async throws -> [PilotOrder] {
        if let queue = sets[name]?.queue {
            return fresh.map {
                PilotOrder(
                    pilot: $0.id, pilotSet: name, spec: spec, intendedAt: $0.intendedAt, token: "", job: queue.job)
            }
        }
        let now = fresh[0].intendedAt
        let avoiding = nodes.shunned(at: now).map(\.node)
        return try await tokens.tokens(for: fresh.map(\.id), of: spec).map { pilot, token in
            PilotOrder(pilot: pilot, pilotSet: name, spec: spec, intendedAt: now, token: token, avoiding: avoiding)
        }
    }

    private func conclude(
        _ fresh: [PilotRecord], _ answers: [PilotID: SubmissionAnswer], of name: String
    ) async throws {
        var changes: [PilotRecord] = []
        var taken = 0
        var refusal: SubmissionRefusal?
        for var record in fresh {
            switch answers[record.id] {
            case .submitted(let job):
                record.stage = .pending
                record.job = job
                record.submittedAt = clock.wall.now()
                taken += 1
            case .refused(let reason):
                refusal = refusal ?? reason
                record.exit = PilotExit(reason)
                record = ended(record, .neverSubmitted)
            case .skipped:
                record = ended(record, .neverSubmitted)
            case .stale:
                epoch = nil
                record = ended(record, .neverSubmitted)
            case .unclear, nil:
                nextRecovery = .zero
                continue
            }
            changes.append(record)
        }
        try await save(changes)
        if let refusal {
            refused(name, refusal)
        } else if taken > 0, let set = sets[name], set.breaker.isClosed || set.trip == .submission {
            // That the site takes them says nothing about pilots that failed on its nodes.
            sets[name]?.submission = Finding(status: .yes, reason: "Submitted", message: "the site takes pilots")
        }
        logger.debug(
            "submitted", metadata: ["pilotset": "\(name)", "taken": "\(taken)", "asked": "\(fresh.count)"])
    }

    func refused(_ name: String, _ refusal: SubmissionRefusal) {
        // A node that was renamed, or the only one of a partition: Slurm refuses such jobs as a whole.
        if !shunned.isEmpty { nodes.forgive() }
        trip(
            name,
            Finding(
                status: .no, reason: refusal.reason.word,
                message: "\(self.name) does not take pilots: \(refusal.message)",
                mender: Condition.Mender(rawValue: refusal.mender.rawValue) ?? .operator))
    }

    /// Notes a failure of a pilot set; the next attempt is a single pilot, later.
    func trip(_ name: String, _ finding: Finding, _ trip: Breaker.Trip = .submission) {
        let isProven = isProven(name)
        guard var set = sets[name] else { return }
        restless.insert(name)
        set.noteError(finding.message)
        // Several failures that show at the same time are one.
        if clock.elapsed() >= set.breaker.pausedUntil {
            set.breaker.trip(trip, isProven: isProven, at: clock.elapsed())
            set.trippedAt = clock.wall.now()
            set.trip = trip
            // It has no entity that could show it.
            if let queue = set.queue {
                logger.warning(
                    "queue is held back",
                    metadata: ["queue": "\(queue.name)", "reason": "\(finding.reason)", "why": "\(finding.message)"])
            }
        }
        var finding = finding
        finding.retryAt = clock.wall.now() + (set.breaker.pausedUntil - clock.elapsed())
        set.submission = finding
        sets[name] = set
    }

    func ended(_ record: PilotRecord, _ end: PilotEnd) -> PilotRecord {
        var record = record
        record.stage = .ended
        record.end = end
        record.endedAt = clock.wall.now()
        missing[record.id] = nil
        busy[record.id] = nil
        toldToDrain[record.id] = nil
        held[record.id] = nil
        cancelled[record.id] = nil
        begun[record.id] = nil
        obstacles[record.id] = nil
        record.isTokenLate = nil
        return record
    }
}
