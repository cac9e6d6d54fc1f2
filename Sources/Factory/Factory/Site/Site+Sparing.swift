import Logging
import VC3Model

/// What ends pilots though nobody asked for it goes slowly, so that a wrong conclusion can be noticed.
extension Site {
    /// As many of these as may be ended now; the others follow in later minutes.
    func unasked(_ records: [PilotRecord], set name: String) -> [PilotRecord] {
        if records.isEmpty { return [] }
        let now = clock.elapsed()
        let chosen = Array(records.prefix(endings.left(of: book.alive, at: now)))
        endings.spend(chosen.count, at: now)
        if chosen.count < records.count {
            logger.warning(
                "pilots that nobody asked to end are ended slowly",
                metadata: ["pilotset": "\(name)", "now": "\(chosen.count)", "later": "\(records.count - chosen.count)"])
        }
        return chosen
    }

    /// Pilots that wait in a queue to fail as the first ones did: none like them was ever well.
    func withdrawable(_ set: WantedSet, name: String) -> [PilotRecord] {
        guard set.queue == nil, let tripped = set.trippedAt, set.failuresInARow > 0, !set.breaker.isClosed,
            !isProven(name)
        else {
            return []
        }
        return book.alive(in: name).filter {
            $0.stage == .pending && $0.retiring == nil && $0.intendedAt <= tripped
        }.sorted { $0.id < $1.id }
    }

    /// Sets that are gone and have pilots of which nobody said that they are to end.
    var abandoned: [String] {
        sets.filter { name, set in
            guard set.isAbandoned, set.isDeleting else { return false }
            let page = book.page(of: name)
            return page.alive.count > page.retiring
        }.map(\.key)
    }

    /// When more of them may be ended.
    var nextAbandoned: Duration? { abandoned.isEmpty ? nil : endings.next }
}
