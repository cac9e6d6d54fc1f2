public import InfoserviceAPI
public import VC3Model

extension EntityStore {
    /// Everything that happens to entities of `kinds` after `revision`, as ``EntityWatcher`` promises.
    ///
    /// A watch takes events at its reader's pace and holds no buffer of its own: one that falls behind retained history
    /// ends with `compacted`, and costs others nothing.
    ///
    /// - Parameter visibility: What the watcher sees. One that depends on sharing cannot go back behind the start of
    ///   this store: who shared what before is not known any more.
    public func watch(
        _ kinds: Set<EntityKind>, after revision: Revision,
        seeing visibility: Visibility = .complete
    ) async throws -> WatchStream {
        // Somebody who comes from another process may know more than this one yet.
        if revision > self.revision, let shared { await look(shared, revision) }
        if revision > self.revision {
            throw VC3Error(.invalid, "revision \(revision) is in the future; the latest is \(self.revision)")
        }
        try refuseCompacted(revision, seeing: visibility)
        let cursor = WatchCursor(
            store: self, listeners: listeners, kinds: kinds, after: revision, visibility: visibility)
        if pulse == nil { beat() }
        return WatchStream { try await cursor.next() }
    }

    /// The next entries of history for a watcher that has seen all up to `revision`. When these are all, what comes from
    /// now on is put into its subscription.
    func news(
        for subscription: Subscription, of kinds: Set<EntityKind>, after revision: Revision,
        seeing visibility: Visibility
    ) throws -> News {
        try refuseCompacted(revision, seeing: visibility)
        let (entries, upTo) = history.entries(of: kinds, after: revision, limit: 512, latest: self.revision)
        if upTo == self.revision { subscription.caughtUp() }
        return News(entries: entries, upTo: upTo)
    }

    /// One timer for all watchers. Twice in each heartbeat's time, so that none is silent for longer than that.
    private func beat() {
        let interval = heartbeat / 2
        // Like following other processes: ended by `close()`, or with the store.
        pulse = Task { [weak self] in
            while (try? await Task.sleep(for: interval)) != nil, let store = self { await store.beatOnce() }
        }
    }

    private func beatOnce() { listeners.beat(revision) }

    private func refuseCompacted(_ revision: Revision, seeing visibility: Visibility) throws {
        let first = visibility.dependsOnSharing ? history.completeFrom : history.compacted
        if revision < first {
            throw VC3Error(
                .compacted, "history reaches back to revision \(first) only, not to \(revision); list again")
        }
    }
}
