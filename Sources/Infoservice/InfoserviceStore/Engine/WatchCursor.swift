import InfoserviceAPI
import VC3Model

/// One watcher's place in the history of the store.
actor WatchCursor {
    private let store: EntityStore
    private let kinds: Set<EntityKind>
    private let visibility: Visibility
    private var seen: Revision
    private var entries: ArraySlice<HistoryEntry> = []
    private var pending: ArraySlice<WatchEvent> = []

    init(store: EntityStore, kinds: Set<EntityKind>, after revision: Revision, visibility: Visibility) {
        self.store = store
        self.kinds = kinds
        self.visibility = visibility
        seen = revision
    }

    func next() async throws -> WatchEvent {
        while true {
            if let event = pending.popFirst() { return event }
            if let entry = entries.popFirst() {
                pending = try SharedEvents(kinds: kinds, visibility: visibility).events(of: entry)[...]
                continue
            }
            let news = try await store.news(of: kinds, after: seen, seeing: visibility)
            seen = news.upTo
            if news.entries.isEmpty { return .heartbeat(seen) }
            entries = news.entries[...]
        }
    }
}
