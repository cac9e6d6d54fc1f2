import VC3Model

extension Site {
    /// What rules may look at beside a set's fleet: how many pilots it ever submitted, and how the latest ones went.
    func sizingView(of name: String, _ fleet: PilotFleet, _ room: FactoryRoom) -> SizingView {
        let page = book.page(of: name)
        let own = book.records(page.alive) + book.records(page.uncleared) + book.records(page.cleared)
        let forgotten = tallies[name].map { $0.ends.values.reduce(0, +) - $0[.neverSubmitted] } ?? 0
        let ended = own.compactMap { record -> SizingView.EndedPilot? in
            guard record.hasEnded, let started = record.runningAt, let end = record.endedAt else { return nil }
            return .init(started: started, wallClock: end - started)
        }
        return SizingView(
            fleet: fleet, factory: room, submitted: forgotten + own.count { $0.submittedAt != nil }, ended: ended,
            now: clock.wall.now())
    }
}
