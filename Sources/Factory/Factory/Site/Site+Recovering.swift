import VC3Model

extension Site {
    /// Finds out what became of submissions whose answer this process never got.
    func resolve() async throws {
        if book.intended.isEmpty || clock.elapsed() < nextRecovery { return }
        let open = book.intended.sorted()
        spend()
        let answers = try await access.recover(open)
        var changes: [PilotRecord] = []
        var hopeless: [PilotID] = []
        var lost: [PilotRecord] = []
        for pilot in open {
            guard var record = book[pilot] else { continue }
            switch answers[pilot] {
            case .never:
                // One that had been submitted has lost its folder since: whoever ended it cleared up.
                changes.append(ended(record, record.submittedAt == nil ? .neverSubmitted : .vanished))
            case .submitted(let job):
                record.stage = .pending
                record.job = job
                record.submittedAt = record.submittedAt ?? clock.wall.now()
                begun[pilot] = nil
                changes.append(record)
            case .refused(let refusal):
                record.exit = PilotExit(refusal)
                changes.append(ended(record, .neverSubmitted))
                refused(record.pilotSet, refusal)
            case .begun(let isSubmitting):
                if isHopeless(pilot, isSubmitting: isSubmitting) { hopeless.append(pilot) }
                if let buried = begun[pilot]?.buried, looks - buried.looks >= 2 { lost.append(record) }
            case nil:
                continue
            }
        }
        if !changes.isEmpty { wakeLooks() }
        try await save(changes)
        try await bury(hopeless)
        try await giveUp(lost)
        nextRecovery = clock.elapsed() + .seconds(2)
    }

    /// Whether a submission that has begun will not come to an outcome any more.
    ///
    /// Looks count, not only time, and only those after its process was found gone: the job may be in the queue
    /// without an id of its own on record.
    private func isHopeless(_ pilot: PilotID, isSubmitting: Bool?) -> Bool {
        let now = Beginning(since: clock.elapsed(), looks: looks)
        var doubt = begun[pilot] ?? Doubt(begun: now)
        if isSubmitting == false { doubt.gone = doubt.gone ?? now } else { doubt.gone = nil }
        begun[pilot] = doubt
        if doubt.buried != nil { return false }
        if let gone = doubt.gone, now.since - gone.since >= settings.begunGrace, now.looks - gone.looks >= 3 {
            return true
        }
        return now.since - doubt.begun.since >= settings.begunLimit && now.looks - doubt.begun.looks >= 3
    }

    /// Makes sure that a job that starts from now on ends at once. One that runs already shows in the next looks.
    private func bury(_ pilots: [PilotID]) async throws {
        if pilots.isEmpty { return }
        spend()
        try await access.bury(pilots)
        for pilot in pilots { begun[pilot]?.buried = Beginning(since: clock.elapsed(), looks: looks) }
        wakeLooks()
    }

    /// Declares submissions dead whose job never appeared and could do nothing any more if it did.
    private func giveUp(_ lost: [PilotRecord]) async throws {
        try await save(lost.map { ended($0, .vanished) })
        for record in lost {
            trip(
                record.pilotSet,
                Finding(
                    status: .no, reason: "SubmissionLost",
                    message: "\(name) began to submit pilot \(record.id) and no job of it ever appeared",
                    mender: .nobody))
        }
    }
}
