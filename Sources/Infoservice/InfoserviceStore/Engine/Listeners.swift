import InfoserviceAPI
import VC3Model

/// Changes for one watcher, and the revision up to which these are all of its kinds.
struct News: Sendable {
    var entries: [HistoryEntry]
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

    mutating func tell(_ entries: [HistoryEntry], upTo revision: Revision) {
        guard !slots.isEmpty else { return }
        for (id, slot) in slots {
            guard let kinds = slot.kinds else { continue }
            let wanted = entries.filter { $0.concerns(kinds) }
            if !wanted.isEmpty { settle(id, with: News(entries: wanted, upTo: revision)) }
        }
    }

    /// Nothing came in time, or the watcher left.
    mutating func dismiss(_ id: ID, upTo revision: Revision) {
        if slots[id]?.kinds != nil { settle(id, with: News(entries: [], upTo: revision)) }
    }

    /// Everyone has to look at history again.
    mutating func rouse() {
        for (id, slot) in slots {
            if case .hearing(_, let continuation) = slot { continuation.resume(returning: nil) }
            slots[id] = nil
        }
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
