import VC3Model

/// Pilots that are too many, or near the end of their walltime, finish what they have.
extension Site {
    /// Whether a pilot that is one too many still has time to finish its jobs.
    func mayFinish(_ record: PilotRecord) -> Bool {
        guard record.retiring == .surplus, record.stage == .running, let since = record.retiringAt,
            let set = sets[record.pilotSet], !set.isDeleting, let spec = set.spec, spec.peaceful
        else { return false }
        return clock.wall.now() - since < .seconds(spec.draintime) + settings.drainSlack
    }

    /// Whether it takes no new work any more, so that another pilot may take its place already: the site took the order,
    /// or its own report says so, or its walltime is so nearly over that it does so by itself.
    func isDraining(_ record: PilotRecord) -> Bool {
        guard record.stage == .running else { return false }
        if record.retiring == nil { return record.drainingAt != nil || isExpiring(record) }
        return mayFinish(record) && (toldToDrain[record.id] != nil || record.drainingAt != nil)
    }

    /// Counted from a start that this process has seen: the clock may have been set before. Of others their reports tell.
    func isExpiring(_ record: PilotRecord) -> Bool {
        guard let expiry = record.expiry, let start = record.runningAt else { return false }
        return start >= began && clock.wall.now() >= expiry
    }

    /// When a pilot's place has to be taken next, if one's walltime comes to its end.
    var nextExpiry: Duration? { book.nextExpiry.map { clock.elapsed() + ($0 - clock.wall.now()) } }

    /// When a pilot's time to finish is over next.
    var nextDrainEnd: Duration? {
        let due = book.records(book.retiring).filter(mayFinish).compactMap { record in
            record.retiringAt.map { since in
                since + .seconds(sets[record.pilotSet]?.spec?.draintime ?? 0) + settings.drainSlack
            }
        }.min()
        return due.map { clock.elapsed() + max(.zero, $0 - clock.wall.now()) }
    }

    /// Tells pilots to finish, again and again until their own reports say that they do.
    func drainRetiring() async throws {
        let now = clock.elapsed()
        let due = book.records(book.retiring).filter { record in
            guard mayFinish(record), record.drainingAt == nil else { return false }
            return toldToDrain[record.id].map { now - $0 >= settings.cancelRepeat } ?? true
        }
        if due.isEmpty { return }
        let seconds = due.map { ($0.id, sets[$0.pilotSet]?.spec?.draintime ?? 0) }
        spend()
        try await access.drain(Dictionary(seconds, uniquingKeysWith: { first, _ in first }))
        for record in due { toldToDrain[record.id] = clock.elapsed() }
        wakeLooks()
    }
}
