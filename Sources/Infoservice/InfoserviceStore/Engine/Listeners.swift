import InfoserviceAPI
import VC3Model

/// Events for one watcher, and the revision up to which these are all of its kinds.
struct News: Sendable {
    var events: [WatchEvent]
    var upTo: Revision
}

/// Watchers that have seen everything so far. Each gets its news once, whether it asks before or after they come.
struct Listeners {
    typealias ID = UInt64

    private enum Slot {
        case open(Set<EntityKind>)
        case hearing(Set<EntityKind>, CheckedContinuation<News?, Never>)
        case told(News)

        /// `nil` once told.
        var kinds: Set<EntityKind>? {
            switch self {
            case .open(let kinds), .hearing(let kinds, _): kinds
            case .told: nil
            }
        }
    }

    private var slots: [ID: Slot] = [:]
    private var last: ID = 0

    mutating func add(_ kinds: Set<EntityKind>) -> ID {
        last += 1
        slots[last] = .open(kinds)
        return last
    }

    mutating func hear(_ id: ID, _ continuation: CheckedContinuation<News?, Never>) {
        switch slots[id] {
        case .open(let kinds): slots[id] = .hearing(kinds, continuation)
        case .told(let news):
            slots[id] = nil
            continuation.resume(returning: news)
        case .hearing, nil: continuation.resume(returning: nil)
        }
    }

    mutating func tell(_ events: [WatchEvent], upTo revision: Revision) {
        guard !slots.isEmpty else { return }
        for (id, slot) in slots {
            guard let kinds = slot.kinds else { continue }
            let wanted = events.filter { event in event.kind.map { kinds.contains($0) } ?? false }
            if !wanted.isEmpty { settle(id, with: News(events: wanted, upTo: revision)) }
        }
    }

    /// Nothing came in time, or the watcher left.
    mutating func dismiss(_ id: ID, upTo revision: Revision) {
        if slots[id]?.kinds != nil { settle(id, with: News(events: [], upTo: revision)) }
    }

    private mutating func settle(_ id: ID, with news: News) {
        if case .hearing(_, let continuation) = slots[id] {
            slots[id] = nil
            continuation.resume(returning: news)
        } else {
            slots[id] = .told(news)
        }
    }
}
