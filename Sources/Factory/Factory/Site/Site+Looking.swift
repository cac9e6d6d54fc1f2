import BatchSystems
import Logging
import VC3Model

extension Site {
    /// Looks at all pilots of the account and takes over what has changed.
    func look() async throws {
        spend(.scheduler)
        let wasQuiet = isQuiet
        // Set before the answer, so that a failing site is not asked more often than a working one.
        nextLook = clock.elapsed() + schedule.next(isWaiting: book.pending > 0, isQuiet: wasQuiet)
        let view = try await access.look()
        looks += 1
        lastLook = clock.elapsed()
        submittedThisCycle = [:]
        var changes: [PilotID: PilotRecord] = [:]
        var orphans: [JobID] = []
        var listed = Set<PilotID>(minimumCapacity: view.jobs.count)
        var expected = 0
        var unconfirmedAlive: Set<PilotID> = []
        for (pilot, own) in view.reports {
            guard let known = book[pilot], !known.hasEnded else { continue }
            var facts = known.facts
            facts.learn(from: own, at: clock.wall.now())
            busy[pilot] = own.busy
            noteWay(of: PilotRecord(facts), own, before: known)
            if facts != known.facts { changes[pilot] = PilotRecord(facts) }
        }
        noteWaiting(view.jobs)
        for report in view.jobs {
            guard let pilot = PilotID(tag: report.tag), let known = changes[pilot] ?? book[pilot] else { continue }
            if unconfirmed[pilot] != nil, !report.state.isFinal, report.state != .vanished {
                unconfirmedAlive.insert(pilot)
            }
            if known.hasEnded, known.job == report.job, isSettling(pilot) { continue }
            if known.hasEnded || known.job.map({ $0 != report.job }) == true {
                // The ledger calls it dead, or another job already is this pilot.
                if [.pending, .running, .held].contains(report.state) { orphans.append(report.job) }
                continue
            }
            // It has ended and nobody says how: only its own report can, as if it were not listed.
            if report.state == .vanished { continue }
            if listed.insert(pilot).inserted, known.job != nil { expected += 1 }
            missing[pilot] = nil
            let updated = apply(report, view.reports[pilot], to: known)
            if updated != known { changes[pilot] = updated }
        }
        // Most often none is missing, and then nobody has to be asked for.
        if expected < book.aliveWithJob {
            for record in absent(besides: listed, view, changes) { changes[record.id] = record }
        }
        confirmEnds(besides: unconfirmedAlive)
        if !changes.isEmpty { schedule.wake() }
        try await save(Array(changes.values))
        settleProofs()
        if wasQuiet {
            if !isQuiet { wakeLooks() }
        } else if changes.values.contains(where: { !$0.hasEnded || $0.retiring == nil }) {
            nextLook = min(nextLook, clock.elapsed() + schedule.next(isWaiting: true))
        }
        try await cancelOrphans(orphans)
    }

    private func apply(_ report: JobReport, _ own: PilotReport?, to known: PilotRecord) -> PilotRecord {
        var record = known
        if record.job == nil {
            record.job = report.job
            record.submittedAt = record.submittedAt ?? clock.wall.now()
            if record.stage == .intended { record.stage = .pending }
            begun[record.id] = nil
        }
        if report.state != .held { held[record.id] = nil }
        if record.host == nil, report.state == .running, report.node != nil { record.host = report.node }
        switch report.state {
        case .pending:
            queued(&record)
        case .running:
            if record.stage != .running {
                record.stage = .running
                // Another Factory may have seen its start.
                record.runningAt = record.runningAt ?? clock.wall.now()
            }
        case .held:
            queued(&record)
            let since = held[record.id] ?? clock.elapsed()
            held[record.id] = since
            let why = report.reason.map { ": \($0)" } ?? ""
            sets[record.pilotSet]?.noteError("the site holds pilot \(record.id)\(why)")
            if clock.elapsed() - since >= settings.heldLimit, record.retiring == nil {
                record = retiring(record, .held)
            }
        case .done, .failed, .cancelled:
            record = concluded(record, report, own)
        case .unknown:
            sets[record.pilotSet]?.noteError(
                "the site says that pilot \(record.id) is in state \"\(report.nativeState)\", which is not known here")
        case .finishing, .vanished:
            break
        }
        return record
    }

    private func queued(_ record: inout PilotRecord) {
        if record.stage != .pending { record.stage = .pending }
        if record.queuedAt == nil { record.queuedAt = clock.wall.now() }
    }

    /// A pilot that is proved not to exist any more, by what the batch system and it itself say.
    func concluded(_ known: PilotRecord, _ report: JobReport?, _ own: PilotReport?) -> PilotRecord {
        let ending = PilotEnding(of: known, job: report, own: own, at: clock.wall.now())
        var record = known
        record.host = record.host ?? report?.node
        record.exit = ending.exit
        if record.retiring == nil || record.retiring == .missing {
            if ending.end == .done { noteQuickEnd(record) }
            if ending.end == .failed {
                let isOthers = own?.hasEnded != true && report?.state == .cancelled
                let fault = PilotFault.of(own?.hasEnded == true ? own?.reason : nil)
                let advice = fault == .other ? "" : "; \(fault.advice)"
                let what =
                    isOthers
                    ? "was cancelled at the site by somebody else"
                    : "failed: \(ending.exit?.text ?? "unknown")\(advice)"
                failed(record, fault, "pilot \(record.id)\(record.host.map { " on \($0)" } ?? "") \(what)")
            }
        }
        return ended(record, ending.end)
    }

    /// Judges pilots with a job that a good answer does not list.
    private func absent(
        besides listed: Set<PilotID>, _ view: SiteView, _ learned: [PilotID: PilotRecord]
    ) -> [PilotRecord] {
        let expected = book.aliveRecords.filter { $0.job != nil }.map { learned[$0.id] ?? $0 }
        let silent = expected.filter {
            !listed.contains($0.id) && $0.retiring == nil && view.reports[$0.id]?.hasEnded != true
        }
        // An answer that leaves out most of what should be there is more likely to be wrong than they are to be gone.
        let isDoubtful = silent.count * 2 >= expected.count
        let grace = isDoubtful ? settings.massMissingGrace : settings.missingGrace
        var changes: [PilotRecord] = []
        for record in expected where !listed.contains(record.id) {
            if let own = view.reports[record.id], own.hasEnded {
                changes.append(concluded(record, nil, own))
                continue
            }
            var absence = missing[record.id] ?? Absence(since: clock.elapsed(), looks: 0)
            absence.looks += 1
            missing[record.id] = absence
            guard absence.looks >= 2 else { continue }
            if record.retiring != nil {
                guard let at = cancelled[record.id], clock.elapsed() - at >= settings.cancelSettle else { continue }
                changes.append(concluded(record, nil, nil))
            } else if clock.elapsed() - absence.since >= grace {
                // Of many that were lost at once the others follow.
                guard !unasked([record], set: record.pilotSet).isEmpty else { continue }
                if !PilotEnding.isWalltimeOver(record, at: clock.wall.now()) {
                    trip(
                        record.pilotSet,
                        Finding(
                            status: .no, reason: "PilotFailed",
                            message: "pilot \(record.id) is not known to the site any more and left no report",
                            mender: .operator))
                }
                changes.append(retiring(record, .missing))
            }
        }
        return changes
    }

    /// A pilot that ends well but at once would be replaced at once, for ever.
    private func noteQuickEnd(_ record: PilotRecord) {
        let start = record.runningAt ?? record.submittedAt ?? record.intendedAt
        if clock.wall.now() - start < settings.provenAfter {
            trip(
                record.pilotSet,
                Finding(
                    status: .no, reason: "PilotEndedEarly",
                    message: "pilot \(record.id) ended by itself right after its start", mender: .operator), .pilot)
        }
    }

    private func cancelOrphans(_ jobs: [JobID]) async throws {
        if jobs.isEmpty { return }
        let batch = Array(jobs.prefix(settings.orphansPerLook))
        logger.warning("cancelling jobs that the ledger calls dead", metadata: ["jobs": "\(batch)"])
        spend(.scheduler)
        try await access.cancel(batch)
        wakeLooks()
    }
}
