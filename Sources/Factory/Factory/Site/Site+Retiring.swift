import BatchSystems
import VC3Model

extension Site {
    /// Chooses pilots to end, writes that down, and tells them to finish or cancels their jobs.
    func retire() async throws {
        // Which pilots have jobs is known from the last look: whoever is chosen by it should be chosen by a fresh one.
        if choosesAmongRunning, lastLook.map({ clock.elapsed() - $0 > settings.freshLook }) ?? true {
            try await look()
        }
        for name in restless {
            guard let revoked = sets[name]?.spec?.revoked, !revoked.isEmpty else { continue }
            let names = Set(revoked)
            try await save(book.alive(in: name).filter { isRevoked($0, names) }.map { retiring($0, .revoked) })
        }
        restless.formUnion(abandoned)
        var changes: [PilotRecord] = []
        for name in restless {
            guard let set = sets[name] else { continue }
            if set.isDeleting {
                let own = book.alive(in: name).filter { $0.retiring == nil }.sorted { $0.id < $1.id }
                changes += (set.isAbandoned ? unasked(own, set: name) : own).map { retiring($0, .terminated) }
            } else {
                changes += surplus(of: name).map { retiring($0, .surplus) }
                let chosen = Set(changes.map(\.id))
                changes += unasked(withdrawable(set, name: name).filter { !chosen.contains($0.id) }, set: name).map {
                    retiring($0, .withdrawn)
                }
            }
        }
        try await save(changes)
        try await drainRetiring()
        try await cancelRetiring()
    }

    /// Whether it has to end at once, whatever it has to do, because its token was taken back.
    private func isRevoked(_ record: PilotRecord, _ names: Set<String>) -> Bool {
        (record.retiring == nil || record.retiring == .surplus) && names.contains(record.id.rawValue)
    }

    private var choosesAmongRunning: Bool {
        restless.contains { name in
            sets[name]?.isDeleting == false && surplus(of: name).contains { $0.stage == .running }
        }
    }

    /// The pilots that a set has too many.
    private func surplus(of name: String) -> [PilotRecord] {
        let page = book.page(of: name)
        guard let set = sets[name], let spec = set.spec,
            PilotPlan.mayRetire(
                alive: page.alive.count - page.retiring, waiting: page.submitting + page.pending, wanted: set.wanted,
                for: spec)
        else { return [] }
        return book.records(plan(for: set, spec, name: name).retire)
    }

    func retiring(_ record: PilotRecord, _ cause: RetirementCause) -> PilotRecord {
        var record = record
        record.retiring = cause
        record.retiringAt = clock.wall.now()
        return record
    }

    private func cancelRetiring() async throws {
        let now = clock.elapsed()
        let due = book.records(book.retiring).filter { record in
            guard record.job != nil, !mayFinish(record) else { return false }
            return cancelled[record.id].map { now - $0 >= settings.cancelRepeat } ?? true
        }.sorted { ($0.stage == .running ? 1 : 0, $0.id) < ($1.stage == .running ? 1 : 0, $1.id) }
        var rest = due[...]
        while !rest.isEmpty {
            let batch = rest.prefix(settings.cancelBatch)
            rest = rest.dropFirst(batch.count)
            spend(.scheduler)
            try await access.cancel(batch.compactMap(\.job))
            for record in batch {
                cancelled[record.id] = clock.elapsed()
                missing[record.id] = nil
            }
            wakeLooks()
        }
    }
}
