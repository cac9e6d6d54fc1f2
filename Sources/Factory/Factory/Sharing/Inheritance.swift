import BatchSystems
import VC3Model

/// What a Factory that takes a site over learns from the Infoservice about pilots of which another one kept the books.
///
/// It says which pilots there were and how they ended. What became of the others, the site alone tells: they are of
/// unknown fate, as after a crash (decision 0003), and count as alive until it is known.
enum Inheritance {
    /// The sets of which another Factory kept the books, or this one before it lost its ledger.
    static func foreign(_ sets: [Entity<PilotSet>], contents: LedgerContents, own: String) -> [Entity<PilotSet>] {
        sets.filter { set in
            guard let factory = set.status.factory else { return false }
            return factory != own
                || (contents.tallies[set.name] == nil && !contents.pilots.values.contains { $0.pilotSet == set.name })
        }
    }

    /// - Parameters:
    ///   - sets: Those with pilots at the site of which another one kept the books.
    ///   - contents: The own ledger, which may be of a former time in which this Factory had the site.
    /// - Returns: What has to be written down before anything is done at the site.
    static func entries(
        at site: SiteID, sets: [Entity<PilotSet>], pilots: [Entity<Pilot>], contents: LedgerContents
    ) -> [LedgerEntry] {
        sets.flatMap { set in
            entries(
                at: site, of: set, pilots: pilots.filter { $0.spec.pilotset == set.name },
                mine: contents.pilots.values.filter { $0.pilotSet == set.name })
        }
    }

    private static func entries(
        at site: SiteID, of set: Entity<PilotSet>, pilots: [Entity<Pilot>], mine: [PilotRecord]
    ) -> [LedgerEntry] {
        let known = Dictionary(mine.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var all = known
        for pilot in pilots {
            let told = PilotRecord(of: pilot, in: set, at: site)
            if let record = known[told.id], record.hasEnded || !told.hasEnded { continue }
            all[told.id] = told
        }
        let shown = Set(pilots.map(\.name))
        // The other one forgot them; so does this one.
        let forgotten = mine.filter { $0.isCleared && !shown.contains($0.id.rawValue) }.map(\.id).sorted()
        for pilot in forgotten { all[pilot] = nil }
        var tally = PilotTally(firstSubmit: set.status.first_submit)
        for (end, number) in [
            (PilotEnd.done, set.status.done), (.failed, set.status.failed), (.expired, set.status.expired),
            (.vanished, set.status.vanished),
        ] {
            // Those that are remembered one by one count by themselves.
            let left = number - all.values.count { $0.end == end }
            if left > 0 { tally[end] = left }
        }
        return forgotten.map { .forgotten(pilot: $0) }
            + all.values.filter { known[$0.id] != $0 }.sorted { $0.id < $1.id }.map { .pilot(record: $0) }
            + [.tally(pilotSet: set.name, counts: tally)]
    }
}

extension PilotRecord {
    /// As its entity tells of it: ended, or of unknown fate.
    init(of pilot: Entity<Pilot>, in set: Entity<PilotSet>, at site: SiteID) {
        let status = pilot.status
        func moment(_ phase: PilotPhase) -> Timestamp? { status.timeline[phase.rawValue] }
        self.init(
            id: PilotID(rawValue: pilot.name), pilotSet: set.name, site: site,
            intendedAt: moment(.intended) ?? pilot.metadata.created, wantedAt: moment(.wanted),
            walltime: set.spec.walltime)
        self.wasAdopted = true
        self.submittedAt = moment(.submitted)
        self.queuedAt = moment(.queued)
        self.runningAt = moment(.started)
        self.validatedAt = moment(.validated)
        self.joinedAt = moment(.joined)
        self.drainingAt = moment(.draining)
        self.host = status.host
        self.retiring = status.retiring.flatMap(RetirementCause.init(rawValue:))
        if self.retiring != nil { self.retiringAt = pilot.metadata.updated }
        guard status.state == PilotPhase.ended.rawValue else { return }
        self.stage = .ended
        self.job = status.job.map { JobID(rawValue: $0) }
        self.end = status.end.flatMap(PilotEnd.init(rawValue:)) ?? .vanished
        self.endedAt = moment(.ended) ?? pilot.metadata.updated
        self.exit = status.cause.map {
            PilotExit(word: $0, message: status.state_reason, code: status.exit_code.flatMap { Int32(exactly: $0) })
        }
        // Its files go, if the other one had not come to that; there is nothing to be learnt from them any more.
        self.lastLines = status.last_lines
    }
}
