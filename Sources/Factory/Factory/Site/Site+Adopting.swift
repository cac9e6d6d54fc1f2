import Logging
import VC3Model

extension Site {
    /// Takes up pilots of this Factory that the site has and the ledger does not: it was lost, or is an old copy.
    ///
    /// Each becomes a record of unknown fate, before anything new is submitted; finding out what became of it is then
    /// the same as after a crash. Whoever submitted it cannot submit more: the epoch is another already.
    func adopt(_ found: [FoundPilot]) async throws {
        let unknown = found.filter { book[$0.pilot] == nil }
        if unknown.isEmpty { return }
        let now = clock.wall.now()
        try await save(
            unknown.map { pilot in
                var record = PilotRecord(
                    id: pilot.pilot, pilotSet: pilot.pilotSet ?? Self.nobodys, site: id,
                    intendedAt: min(now, pilot.intendedAt ?? now), walltime: pilot.walltime)
                record.wasAdopted = true
                return record
            })
        nextRecovery = .zero
        for name in Set(unknown.map { $0.pilotSet ?? Self.nobodys }) where sets[name] == nil {
            // Nobody asks for it here, so its pilots end.
            sets[name] = WantedSet(isDeleting: true, isAbandoned: true)
            restless.insert(name)
            strays.insert(name)
        }
        logger.warning("took up pilots that the ledger did not know", metadata: ["pilots": "\(unknown.count)"])
    }

    /// The set of pilots that do not say whose they are. No pilot set has this name.
    private static let nobodys = "-"

    /// Forgets sets that only pilots found at the site spoke of, once these are gone.
    func dropStrays() async throws {
        for name in strays where view(of: name).isGone {
            strays.remove(name)
            try await drop(name)
        }
    }
}
