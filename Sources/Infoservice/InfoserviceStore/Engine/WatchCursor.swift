import InfoserviceAPI
import VC3Model

/// One watcher's place in the history of the store.
actor WatchCursor {
    private let store: EntityStore
    private let kinds: Set<EntityKind>
    private let visible: @Sendable (EntityRecord) -> EntityRecord?
    private var seen: Revision
    private var pending: ArraySlice<WatchEvent> = []

    init(
        store: EntityStore, kinds: Set<EntityKind>, after revision: Revision,
        visible: @escaping @Sendable (EntityRecord) -> EntityRecord?
    ) {
        self.store = store
        self.kinds = kinds
        self.visible = visible
        seen = revision
    }

    func next() async throws -> WatchEvent {
        while true {
            while let event = pending.popFirst() {
                if let shown = shown(event) { return shown }
            }
            let news = try await store.news(of: kinds, after: seen)
            seen = news.upTo
            if news.events.isEmpty { return .heartbeat(seen) }
            pending = news.events[...]
        }
    }

    private func shown(_ event: WatchEvent) -> WatchEvent? {
        switch event {
        case .changed(let record): visible(record).map { .changed($0) }
        case .removed(let record): visible(record).map { .removed($0) }
        case .shared(let record, let revision): visible(record).map { .shared($0, at: revision) }
        case .heartbeat: event
        }
    }
}
