import InfoserviceAPI
import VC3Model

/// The latest changes, in revision order.
struct History: Sendable {
    private var entries: [HistoryEntry] = []
    /// Everything up to and including this revision is gone.
    private(set) var compacted: Revision
    /// From this revision on it is known what was before each change, and who could see it. What was read back from
    /// the persistence lacks that.
    private(set) var completeFrom: Revision

    init(compacted: Revision) {
        self.compacted = compacted
        completeFrom = compacted
    }

    mutating func append(_ entry: HistoryEntry) { entries.append(entry) }

    /// A change that an earlier run of the store made.
    mutating func appendRestored(_ event: WatchEvent, at moment: Timestamp) {
        entries.append(HistoryEntry(event: event, moment: moment, previous: nil, sharing: .unknown))
        completeFrom = event.revision
    }

    /// Up to `limit` entries that concern a watcher of `kinds` after `revision`, and the revision up to which these are
    /// all.
    func entries(
        of kinds: Set<EntityKind>, after revision: Revision, limit: Int, latest: Revision
    ) -> (entries: [HistoryEntry], upTo: Revision) {
        var found: [HistoryEntry] = []
        for index in firstIndex(after: revision)..<entries.count {
            let entry = entries[index]
            guard entry.concerns(kinds) else { continue }
            found.append(entry)
            if found.count == limit { return (found, entry.event.revision) }
        }
        return (found, latest)
    }

    /// All entries after `revision`.
    func entries(after revision: Revision) -> ArraySlice<HistoryEntry> { entries[firstIndex(after: revision)...] }

    /// Up to where history should be dropped before `added` more changes come at `now`; `nil` while that is not worth
    /// its cost. A tenth more than asked for is kept, so that only one write in many pays for it.
    func compaction(adding added: Int, at now: Timestamp, retention: Retention) -> Revision? {
        let excess = entries.count + added - retention.count
        let slack = retention.count / 10
        let byCount = excess > slack ? entries.prefix(excess).last?.event.revision : nil
        let oldest = Timestamp(milliseconds: now.milliseconds - retention.age.inMilliseconds)
        let byAge =
            entries.first.map { $0.moment < oldest } == true
            ? entries.prefix { $0.moment < oldest }.last?.event.revision : nil
        guard let byCount, let byAge else { return byCount ?? byAge }
        return max(byCount, byAge)
    }

    mutating func compact(through revision: Revision) {
        entries.removeFirst(firstIndex(after: revision))
        compacted = revision
        completeFrom = max(completeFrom, revision)
    }

    private func firstIndex(after revision: Revision) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].event.revision > revision { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension WatchEvent {
    var kind: EntityKind? {
        switch self {
        case .changed(let record), .shared(let record, _), .removed(let record): record.metadata.kind
        case .heartbeat: nil
        }
    }
}
