import InfoserviceAPI
import VC3Model

/// The latest changes, in revision order.
struct History: Sendable {
    private var events: [(event: WatchEvent, moment: Timestamp)] = []
    /// Everything up to and including this revision is gone.
    private(set) var compacted: Revision

    init(compacted: Revision) { self.compacted = compacted }

    mutating func append(_ event: WatchEvent, at moment: Timestamp) { events.append((event, moment)) }

    /// Up to `limit` events of `kinds` after `revision`, and the revision up to which these are all.
    func events(
        of kinds: Set<EntityKind>, after revision: Revision, limit: Int, latest: Revision
    ) -> (events: [WatchEvent], upTo: Revision) {
        var found: [WatchEvent] = []
        for index in firstIndex(after: revision)..<events.count {
            let event = events[index].event
            guard let kind = event.kind, kinds.contains(kind) else { continue }
            found.append(event)
            if found.count == limit { return (found, event.revision) }
        }
        return (found, latest)
    }

    /// Up to where history should be dropped before `added` more changes come at `now`; `nil` while that is not worth
    /// its cost. A tenth more than asked for is kept, so that only one write in many pays for it.
    func compaction(adding added: Int, at now: Timestamp, retention: Retention) -> Revision? {
        let excess = events.count + added - retention.count
        let slack = retention.count / 10
        let byCount = excess > slack ? events.prefix(excess).last?.event.revision : nil
        let oldest = Timestamp(milliseconds: now.milliseconds - retention.age.inMilliseconds)
        let byAge =
            events.first.map { $0.moment < oldest } == true
            ? events.prefix { $0.moment < oldest }.last?.event.revision : nil
        guard let byCount, let byAge else { return byCount ?? byAge }
        return max(byCount, byAge)
    }

    mutating func compact(through revision: Revision) {
        events.removeFirst(firstIndex(after: revision))
        compacted = revision
    }

    private func firstIndex(after revision: Revision) -> Int {
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].event.revision > revision { high = middle } else { low = middle + 1 }
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
