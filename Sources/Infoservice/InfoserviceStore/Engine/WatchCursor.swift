import InfoserviceAPI
import VC3Model

/// One watcher's place in the history of the store.
actor WatchCursor {
    private let store: EntityStore
    private let listeners: Listeners
    private let subscription = Subscription()
    private let kinds: Set<EntityKind>
    private let visibility: Visibility
    private var seen: Revision
    private var entries: ArraySlice<HistoryEntry> = []
    private var pending: ArraySlice<WatchEvent> = []

    init(
        store: EntityStore, listeners: Listeners, kinds: Set<EntityKind>, after revision: Revision,
        visibility: Visibility
    ) {
        self.store = store
        self.listeners = listeners
        self.kinds = kinds
        self.visibility = visibility
        seen = revision
        listeners.add(subscription, of: kinds)
    }

    deinit { listeners.remove(subscription, of: kinds) }

    func next() async throws -> WatchEvent {
        while true {
            if let event = pending.popFirst() { return event }
            if let entry = entries.popFirst() {
                pending = try SharedEvents(kinds: kinds, visibility: visibility).events(of: entry)[...]
                continue
            }
            switch try await subscription.next() {
            case .news(let news): take(news)
            case .behind: take(try await store.news(for: subscription, of: kinds, after: seen, seeing: visibility))
            case .heartbeat(let revision):
                seen = revision
                return .heartbeat(revision)
            }
        }
    }

    private func take(_ news: News) {
        seen = news.upTo
        entries = news.entries[...]
    }
}
