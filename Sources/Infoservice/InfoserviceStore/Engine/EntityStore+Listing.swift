public import InfoserviceAPI
public import VC3Model

extension EntityStore {
    /// All entities of a kind by name, and the revision that this shows.
    public func records(_ kind: EntityKind) -> RecordList {
        let names = (index.names[kind] ?? SortedNames()).names(after: nil)
        return RecordList(items: names.compactMap { contents[kind]?[$0] }, revision: revision)
    }

    /// What matches of a kind and may be seen, by name, as ``EntityReader`` promises.
    ///
    /// With a filter by owner or project only what these have is looked at, however much else there is.
    public func list(
        _ kind: EntityKind, matching filter: EntityFilter = .all, page: ListPage = .whole,
        seeing visibility: Visibility = .complete
    ) throws -> RecordList {
        let token = try page.continuation.map { try PageToken($0, of: kind, filter) }
        let shown = token?.revision ?? revision
        let view = try view(at: shown)
        var list = RecordList(items: [], revision: shown)
        for name in view.names(of: kind, matching: filter, after: token?.last) {
            guard let record = view[EntityKey(kind, name)], filter.matchesAlone(record) else { continue }
            let audience =
                visibility.dependsOnSharing ? view.audience(of: record) : Audience(owner: record.metadata.owner)
            guard let seen = visibility.show(record, audience) else { continue }
            if let limit = page.limit, list.items.count == limit {
                let last = list.items.last?.name ?? ""
                list.continuation = PageToken(revision: shown, last: last).text(of: kind, filter)
                break
            }
            list.items.append(seen)
        }
        return list
    }

    /// An entity, and who stands how to it.
    public func record(_ key: EntityKey, seeing visibility: Visibility) -> (record: EntityRecord, audience: Audience)? {
        guard let record = contents[key.kind]?[key.name] else { return nil }
        let audience =
            visibility.dependsOnSharing
            ? StoreView(contents: contents, index: index, moment: clock.now()).audience(of: record)
            : Audience(owner: record.metadata.owner)
        return (record, audience)
    }

    /// The store as it was at a revision.
    private func view(at revision: Revision) throws -> StoreView {
        if revision > self.revision {
            throw VC3Error(.invalid, "revision \(revision) is in the future; the latest is \(self.revision)")
        }
        guard revision >= history.completeFrom else {
            throw VC3Error(.compacted, "the list at revision \(revision) can no longer be shown; begin again")
        }
        var view = StoreView(contents: contents, index: index, moment: clock.now())
        for entry in history.entries(after: revision).reversed() {
            guard let key = entry.key else { continue }
            view.set(key, entry.previous)
        }
        return view
    }
}

extension HistoryEntry {
    fileprivate var key: EntityKey? {
        switch event {
        case .changed(let record), .removed(let record): record.key
        case .shared, .heartbeat: nil
        }
    }
}
