import BatchSystems
import VC3Model

extension Site {
    /// Chooses pilots to end, writes that down, and cancels the jobs of all that are to end.
    func retire() async throws {
        var changes: [PilotRecord] = []
        for (name, set) in sets {
            if set.isDeleting {
                for record in records.values where record.pilotSet == name && !record.hasEnded && record.retiring == nil
                {
                    changes.append(retiring(record, .terminated))
                }
            } else if let spec = set.spec {
                for pilot in plan(for: set, spec, name: name).retire {
                    if let record = records[pilot] { changes.append(retiring(record, .surplus)) }
                }
            }
        }
        try await save(changes)
        try await cancelRetiring()
    }

    func retiring(_ record: PilotRecord, _ cause: RetirementCause) -> PilotRecord {
        var record = record
        record.retiring = cause
        record.retiringAt = clock.wall.now()
        return record
    }

    private func cancelRetiring() async throws {
        let now = clock.elapsed()
        let due = records.values.filter { record in
            guard !record.hasEnded, record.retiring != nil, record.job != nil else { return false }
            return cancelled[record.id].map { now - $0 >= settings.cancelRepeat } ?? true
        }.sorted { ($0.stage == .running ? 1 : 0, $0.id) < ($1.stage == .running ? 1 : 0, $1.id) }
        var rest = due[...]
        while !rest.isEmpty {
            let batch = rest.prefix(settings.cancelBatch)
            rest = rest.dropFirst(batch.count)
            spend()
            try await access.cancel(batch.compactMap(\.job))
            for record in batch {
                cancelled[record.id] = clock.elapsed()
                missing[record.id] = nil
            }
            wakeLooks()
        }
    }

    /// When files of ended pilots may go next, if there are any.
    var nextTidying: Duration? {
        let now = clock.wall.now()
        let due = records.values.filter(\.hasEnded).map { record in
            clock.elapsed() + max(.zero, (tidyTime(record) - now))
        }.min()
        return due.map { max($0, tidyNotBefore) }
    }

    /// A given-up submission is remembered for a while, so that its job is recognized if it appears after all.
    private func tidyTime(_ record: PilotRecord) -> Timestamp {
        let ended = record.endedAt ?? record.intendedAt
        return record.end == .vanished && record.job == nil ? ended + settings.afterlife : ended
    }

    /// Removes the files of pilots that ended, and everything at the site once no pilot set needs it.
    func tidy() async throws {
        let now = clock.wall.now()
        let over = records.values.filter { $0.hasEnded && tidyTime($0) <= now }.map(\.id).sorted()
        if !over.isEmpty, clock.elapsed() >= tidyNotBefore { try await remove(over) }
        guard isInLedger, records.isEmpty, sets.values.allSatisfy(\.isDeleting) else { return }
        // What is being written there would come back after the wiping; the end of it leads to another turn.
        if delivery == .underWay { return }
        delivery = .none
        deliveryFailed = false
        spend()
        try await access.wipe()
        try await ledger.append([.siteRemoved(id: id)])
        isInLedger = false
        epoch = nil
        await access.close()
    }

    private func remove(_ over: [PilotID]) async throws {
        spend()
        do {
            try await access.remove(over)
        } catch {
            // Files that stay a while (NFS keeps open ones) are no reason to leave other pilots alone.
            guard error.wasAnswered else { throw error }
            tidyNotBefore = clock.elapsed() + settings.longestRetry
            for name in sets.keys { sets[name]?.noteError(error.message) }
            return
        }
        try await ledger.append(over.map { .forgotten(pilot: $0) })
        for pilot in over {
            guard let record = records.removeValue(forKey: pilot), let end = record.end else { continue }
            tallies[record.pilotSet, default: PilotTally()][end] += 1
        }
    }
}
