import InfoserviceAPI
import Synchronization
import VC3Model

/// The subscriptions of all watchers, by the kinds that they watch.
final class Listeners: Sendable {
    private let subscriptions = Mutex<[Set<EntityKind>: [ObjectIdentifier: Subscription]]>([:])

    func add(_ subscription: Subscription, of kinds: Set<EntityKind>) {
        subscriptions.withLock { $0[kinds, default: [:]][ObjectIdentifier(subscription)] = subscription }
    }

    func remove(_ subscription: Subscription, of kinds: Set<EntityKind>) {
        subscriptions.withLock { subscriptions in
            subscriptions[kinds]?[ObjectIdentifier(subscription)] = nil
            if subscriptions[kinds]?.isEmpty == true { subscriptions[kinds] = nil }
        }
    }

    func tell(_ entries: [HistoryEntry], upTo revision: Revision) {
        for (kinds, watchers) in subscriptions.withLock(\.self) {
            let wanted = entries.filter { $0.concerns(kinds) }
            if wanted.isEmpty { continue }
            // One array for all of them.
            let news = News(entries: wanted, upTo: revision)
            for watcher in watchers.values { watcher.put(news) }
        }
    }

    func beat(_ revision: Revision) { forEach { $0.beat(revision) } }

    /// Everyone has to look at history again.
    func rouse() { forEach { $0.fallBehind() } }

    private func forEach(_ body: (Subscription) -> Void) {
        for watchers in subscriptions.withLock(\.self).values { watchers.values.forEach(body) }
    }
}
