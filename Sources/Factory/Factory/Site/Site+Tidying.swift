import BatchSystems
import VC3Model

extension Site {
    /// When files of ended pilots may go next, if there are any.
    var nextTidying: Duration? {
        let now = clock.wall.now()
        let due = book.records(book.uncleared).filter { unconfirmed[$0.id] == nil }.map {
            clock.elapsed() + max(.zero, tidyTime($0) - now)
        }.min()
        return due.map { max($0, tidyNotBefore) }
    }

    /// A given-up submission is remembered for a while, so that its job is recognized if it appears after all.
    private func tidyTime(_ record: PilotRecord) -> Timestamp {
        let ended = record.endedAt ?? record.intendedAt
        return record.end == .vanished && record.job == nil ? ended + settings.afterlife : ended
    }

    /// Learns how ended pilots ended and removes their files, and everything at the site once no pilot set needs it.
    func tidy() async throws {
        let now = clock.wall.now()
        // Of who has told its own end the batch system may still want to write into the folder.
        let over = book.records(book.uncleared).filter { unconfirmed[$0.id] == nil && tidyTime($0) <= now }.map(\.id)
            .sorted()
        if !over.isEmpty, clock.elapsed() >= tidyNotBefore {
            try await learnEnds(of: over)
            await keepOutputs(of: over)
            try await remove(over)
        }
        try await dropStrays()
        guard isInLedger, book.hasOnlyCleared, sets.values.allSatisfy(\.isDeleting) else { return }
        if !hasTakenStock {
            // The ledger may be an old copy: no files may go whose pilots it does not know.
            isSuspect = true
            try await prepare()
            guard book.hasOnlyCleared else { return }
        }
        // What is being written there would come back after the wiping; the end of it leads to another turn.
        if delivery == .underWay { return }
        delivery = .none
        deliveryFailed = false
        stopFollowing()
        spend(.scheduler)
        try await access.wipe()
        try await ledger.append([.siteRemoved(id: id)])
        isInLedger = false
        epoch = nil
        await access.close()
        try await dropStrays()
    }

    /// Asks once, before the files go: for the last lines of each pilot, and how those ended of which nobody knows.
    private func learnEnds(of over: [PilotID]) async throws {
        let open = book.records(over).filter {
            $0.lastLines == nil && $0.job != nil && sets[$0.pilotSet]?.isDeleting == false
        }
        if open.isEmpty { return }
        let unsaid = open.filter { $0.end == .vanished }.compactMap(\.job)
        spend(unsaid.isEmpty ? .files : .scheduler)
        var remains = SiteRemains()
        do {
            remains = try await access.inquire(open.map(\.id), books: unsaid)
        } catch {
            guard error.wasAnswered else { throw error }
        }
        let now = clock.wall.now()
        try await save(
            open.map { known in
                var record = known
                record.lastLines = remains.lines[record.id] ?? []
                guard record.end == .vanished else { return record }
                let job = record.job.flatMap { remains.jobs[$0] }
                let ending = PilotEnding(
                    of: record, job: job, own: remains.reports[record.id], at: record.endedAt ?? now)
                record.host = record.host ?? job?.node
                record.end = ending.end
                record.exit = ending.exit
                return record
            })
    }

    private func remove(_ over: [PilotID]) async throws {
        spend(.scheduler)
        do {
            try await access.remove(over)
        } catch {
            // Files that stay a while (NFS keeps open ones) are no reason to leave other pilots alone.
            guard error.wasAnswered else { throw error }
            tidyNotBefore = clock.elapsed() + settings.longestRetry
            for name in sets.keys { sets[name]?.noteError(error.message) }
            return
        }
        let now = clock.wall.now()
        var cleared = book.records(over)
        for index in cleared.indices { cleared[index].clearedAt = now }
        try await save(cleared)
        try await forget(Set(cleared.map(\.pilotSet)))
    }

    /// Leaves each set its latest ended pilots, to be shown, and none to a set that goes.
    private func forget(_ names: Set<String>) async throws {
        var surplus: [PilotRecord] = []
        for name in names {
            let own = book.page(of: name).cleared
            let kept = sets[name]?.isDeleting == false ? settings.history : 0
            guard own.count > kept else { continue }
            surplus += book.records(own).sorted {
                ($0.endedAt ?? $0.intendedAt, $0.id) < ($1.endedAt ?? $1.intendedAt, $1.id)
            }
            .dropLast(kept)
        }
        if surplus.isEmpty { return }
        try await ledger.append(surplus.map { .forgotten(pilot: $0.id) })
        for record in surplus {
            book[record.id] = nil
            touched.insert(record.id)
            if let end = record.end { tallies[record.pilotSet, default: PilotTally()][end] += 1 }
        }
    }
}
