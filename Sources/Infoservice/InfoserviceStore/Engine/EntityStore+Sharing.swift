import InfoserviceAPI
import VC3Model

extension EntityStore {
    /// Changes of sharing that concern more entities than this are not told one by one.
    static let mostShared = 1000

    /// The history entry of a change that is about to be applied.
    ///
    /// Not async: the views of the contents are gone before they change, so that changing them copies nothing.
    func entry(
        of event: WatchEvent, _ record: EntityRecord, isRemoval: Bool, at moment: Timestamp
    ) -> HistoryEntry {
        let before = StoreView(contents: contents, index: index, moment: moment)
        let old = before[record.key]
        let new = isRemoval ? nil : record
        var after = before
        after.set(record.key, new)
        var sharing = HistoryEntry.Sharing()
        sharing.before = old.map { before.audience(of: $0) }
        sharing.after = new.map { after.audience(of: $0) }
        let others = before.sharedThrough(old, new, after: after, limit: Self.mostShared)
        sharing.others = others?.sorted().compactMap { key in
            guard let other = before[key] else { return nil }
            let effect = HistoryEntry.Effect(
                record: other, before: before.audience(of: other), after: after.audience(of: other))
            return effect.before == effect.after ? nil : effect
        }
        return HistoryEntry(event: event, moment: moment, previous: old, sharing: sharing)
    }
}
