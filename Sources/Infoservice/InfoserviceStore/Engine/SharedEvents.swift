import InfoserviceAPI
import VC3Model

/// What one change of the store is to one watcher.
struct SharedEvents {
    let kinds: Set<EntityKind>
    let visibility: Visibility

    /// The events, in order. Those of entities that were not written, but are shared differently, come before the
    /// change itself and carry the revision before it, but for the last of all: a watcher that is cut off between them
    /// and resumes from the last revision that it saw misses none.
    ///
    /// - Throws: ``VC3Error`` `compacted` when too much is shared differently to be told one by one.
    func events(of entry: HistoryEntry) throws -> [WatchEvent] {
        let revision = entry.event.revision
        var events: [WatchEvent] = []
        if visibility.dependsOnSharing {
            for effect in try others(of: entry) where kinds.contains(effect.record.metadata.kind) {
                let before = visibility.show(effect.record, effect.before)
                let after = visibility.show(effect.record, effect.after)
                if before == nil, let after { events.append(.shared(after, at: revision.previous)) }
                if after == nil, let before { events.append(.removed(before.removed(at: revision.previous))) }
            }
        }
        if let kind = entry.event.kind, kinds.contains(kind), let own = own(entry) { return events + [own] }
        if let last = events.popLast() { events.append(last.moved(to: revision)) }
        return events
    }

    private func others(of entry: HistoryEntry) throws -> [HistoryEntry.Effect] {
        if let others = entry.sharing.others { return others }
        let record = entry.previous ?? entry.event.record
        guard let record, isShown(record, entry.sharing.before) || isShown(record, entry.sharing.after) else {
            return []
        }
        throw VC3Error(.compacted, "\(record.key) changed with whom it shares very much; list again")
    }

    private func isShown(_ record: EntityRecord, _ audience: Audience?) -> Bool {
        audience.map { visibility.show(record, $0) != nil } ?? false
    }

    private func own(_ entry: HistoryEntry) -> WatchEvent? {
        guard let record = entry.event.record else { return nil }
        let plain = Audience(owner: record.metadata.owner)
        let sharing = visibility.dependsOnSharing ? entry.sharing : .init(before: plain, after: plain)
        if case .removed = entry.event {
            return visibility.show(record, sharing.before ?? plain).map { .removed($0) }
        }
        if let shown = sharing.after.flatMap({ visibility.show(record, $0) }) { return .changed(shown) }
        // It was shared with this watcher until now.
        guard let previous = entry.previous, let before = sharing.before else { return nil }
        return visibility.show(previous, before).map { .removed($0.removed(at: record.metadata.revision)) }
    }
}

extension WatchEvent {
    fileprivate var record: EntityRecord? {
        switch self {
        case .changed(let record), .shared(let record, _), .removed(let record): record
        case .heartbeat: nil
        }
    }

    fileprivate func moved(to revision: Revision) -> WatchEvent {
        switch self {
        case .shared(let record, _): .shared(record, at: revision)
        case .removed(let record): .removed(record.removed(at: revision))
        case .changed, .heartbeat: self
        }
    }
}

extension EntityRecord {
    fileprivate func removed(at revision: Revision) -> EntityRecord {
        var record = self
        record.metadata.revision = revision
        return record
    }
}
