import Foundation
public import InfoserviceAPI
public import VC3Model

/// Keeps entities: revisions over the whole store, atomic writes, history and watches.
///
/// Who may do what, and what a valid entity is, is decided by the callers' ``Mutation``s.
///
/// All current entities live in memory, so reading costs no input or output; what is read is always durable already.
/// Writers that arrive while a commit is under way are committed together by the next one, so that the cost of
/// flushing is shared.
public actor EntityStore {
    private let persistence: any Persistence
    private let codec: RecordCodec
    let clock: WallClock
    private let retention: Retention
    private let heartbeat: Duration

    private(set) var contents: [EntityKind: [String: EntityRecord]] = [:]
    private(set) var index: EntityIndex
    /// The revision of the last durable write.
    public private(set) var revision: Revision
    private(set) var history: History
    private var isCommitting = false
    private var waiting: [WaitingWrite] = []
    private var defect: String?
    private var listeners = Listeners()

    /// Opens a store on what its persistence kept.
    ///
    /// - Parameters:
    ///   - sealing: The key of the secret fields at rest.
    ///   - heartbeat: How often a watch without events says that it lives.
    public static func open(
        _ persistence: any Persistence, sealing: SealingKey, clock: WallClock = .system,
        retention: Retention = Retention(), heartbeat: Duration = .seconds(10)
    ) async throws -> EntityStore {
        let codec = RecordCodec(sealing: sealing)
        let state = try await persistence.load()
        var contents: [EntityKind: [String: EntityRecord]] = [:]
        for body in state.entities {
            let record = try codec.decode(body)
            contents[record.metadata.kind, default: [:]][record.name] = record
        }
        var history = History(compacted: state.compacted)
        for change in state.history {
            let record = try codec.decode(change.body)
            history.appendRestored(change.isRemoval ? .removed(record) : .changed(record), at: change.moment)
        }
        return EntityStore(
            persistence: persistence, codec: codec, clock: clock, retention: retention, heartbeat: heartbeat,
            contents: contents, revision: state.revision, history: history)
    }

    private init(
        persistence: any Persistence, codec: RecordCodec, clock: WallClock, retention: Retention, heartbeat: Duration,
        contents: [EntityKind: [String: EntityRecord]], revision: Revision, history: History
    ) {
        self.persistence = persistence
        self.codec = codec
        self.clock = clock
        self.retention = retention
        self.heartbeat = heartbeat
        self.contents = contents
        index = EntityIndex(contents)
        self.revision = revision
        self.history = history
    }

    /// Lets go of the persistence. Writes fail from now on.
    public func close() async throws {
        defect = "the store is closed"
        try await persistence.close()
    }

    // MARK: Reading

    public func record(_ key: EntityKey) -> EntityRecord? { contents[key.kind]?[key.name] }

    // MARK: Writing

    /// Carries out one write and returns the entity as written (of a removal: the last state), once it is durable.
    ///
    /// Cancelling the caller does not undo it.
    ///
    /// - Throws: What the mutation refuses with; ``VC3Error`` `unavailable` when the persistence fails.
    public func write(_ mutation: Mutation) async throws -> EntityRecord {
        if isCommitting {
            let turn = await withCheckedContinuation { waiting.append(WaitingWrite(mutation: mutation, turn: $0)) }
            if case .committed(let result) = turn { return try result.get() }
        }
        isCommitting = true
        return try await lead(mutation)
    }

    /// Commits this write and all that wait, then hands the lead to the first of those that came meanwhile.
    private func lead(_ own: Mutation) async throws -> EntityRecord {
        let followers = waiting
        waiting = []
        let (events, results, moment) = evaluate([own] + followers.map(\.mutation))
        let failure = await commit(events, at: moment)
        for (follower, result) in zip(followers, results.dropFirst()) {
            follower.turn.resume(returning: .committed(failure.map { .failure($0) } ?? result))
        }
        if waiting.isEmpty {
            isCommitting = false
        } else {
            waiting.removeFirst().turn.resume(returning: .lead)
        }
        if let failure { throw failure }
        return try results[0].get()
    }

    /// Not async: the view of the contents is gone before they change, so that changing them copies nothing.
    private func evaluate(
        _ mutations: [Mutation]
    ) -> (events: [WatchEvent], results: [Result<EntityRecord, any Error>], moment: Timestamp) {
        var batch = Batch(StoreView(contents: contents, index: index, moment: clock.now()), revision: revision)
        let results = mutations.map { batch.apply($0) }
        return (batch.events, results, batch.moment)
    }

    /// - Returns: Why the events did not happen; `nil` when they did.
    private func commit(_ events: [WatchEvent], at moment: Timestamp) async -> VC3Error? {
        guard let last = events.last?.revision else { return nil }
        if let defect { return VC3Error(.unavailable, defect) }
        let compacted = history.compaction(adding: events.count, at: moment, retention: retention)
        do {
            let changes = try await Self.encode(events, at: moment, with: codec)
            try await persistence.commit(changes, compactingThrough: compacted)
        } catch {
            // A failed flush leaves open whether the commit happened: only the persistence can tell.
            switch try? await persistence.revision() {
            case last: break
            case revision: return VC3Error(.unavailable, "the store cannot be written: \(error)", cause: error)
            default:
                let message = "the store stopped after a failed write (\(error)); mend its disk and restart"
                defect = message
                return VC3Error(.unavailable, message, cause: error)
            }
        }
        apply(events, at: moment, compactingThrough: compacted)
        return nil
    }

    @concurrent
    private static func encode(
        _ events: [WatchEvent], at moment: Timestamp, with codec: RecordCodec
    ) async throws -> [StoredChange] {
        try events.compactMap { event in
            guard let (record, isRemoval) = event.change else { return nil }
            return StoredChange(
                revision: event.revision, key: record.key, isRemoval: isRemoval, moment: moment,
                body: try codec.encode(record))
        }
    }

    private func apply(_ events: [WatchEvent], at moment: Timestamp, compactingThrough compacted: Revision?) {
        var entries: [HistoryEntry] = []
        for event in events {
            guard let (record, isRemoval) = event.change else { continue }
            let entry = entry(of: event, record, isRemoval: isRemoval, at: moment)
            contents[record.metadata.kind, default: [:]][record.name] = isRemoval ? nil : record
            index.replace(entry.previous, by: isRemoval ? nil : record)
            history.append(entry)
            entries.append(entry)
            revision = event.revision
        }
        if let compacted { history.compact(through: compacted) }
        listeners.tell(entries, upTo: revision)
    }

    // MARK: Watching

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
    ) throws -> WatchStream {
        if revision > self.revision {
            throw VC3Error(.invalid, "revision \(revision) is in the future; the latest is \(self.revision)")
        }
        try refuseCompacted(revision, seeing: visibility)
        let cursor = WatchCursor(store: self, kinds: kinds, after: revision, visibility: visibility)
        return WatchStream { try await cursor.next() }
    }

    /// The next events of `kinds` after `revision`, waiting for up to one heartbeat when there are none yet.
    func news(
        of kinds: Set<EntityKind>, after revision: Revision, seeing visibility: Visibility
    ) async throws -> News {
        try refuseCompacted(revision, seeing: visibility)
        let (entries, upTo) = history.entries(of: kinds, after: revision, limit: 512, latest: self.revision)
        if !entries.isEmpty { return News(entries: entries, upTo: upTo) }
        // Registered in the same step as the look at history, so nothing falls between the two.
        let listener = listeners.add(kinds)
        let patience = heartbeat
        let news = await withTaskGroup(of: News?.self) { group in
            group.addTask { await self.hear(listener) }
            group.addTask {
                try? await Task.sleep(for: patience)
                await self.dismiss(listener)
                return nil
            }
            var heard: News?
            for await news in group where news != nil {
                heard = news
                group.cancelAll()
            }
            return heard
        }
        try Task.checkCancellation()
        return news ?? News(entries: [], upTo: revision)
    }

    private func hear(_ listener: Listeners.ID) async -> News? {
        await withCheckedContinuation { listeners.hear(listener, $0) }
    }

    private func dismiss(_ listener: Listeners.ID) { listeners.dismiss(listener, upTo: revision) }

    private func refuseCompacted(_ revision: Revision, seeing visibility: Visibility) throws {
        let first = visibility.dependsOnSharing ? history.completeFrom : history.compacted
        if revision < first {
            throw VC3Error(
                .compacted, "history reaches back to revision \(first) only, not to \(revision); list again")
        }
    }
}

private struct WaitingWrite {
    enum Turn {
        case committed(Result<EntityRecord, any Error>)
        case lead
    }
    let mutation: Mutation
    let turn: CheckedContinuation<Turn, Never>
}

extension WatchEvent {
    /// The record, and whether it is gone.
    fileprivate var change: (record: EntityRecord, isRemoval: Bool)? {
        switch self {
        case .changed(let record): (record, false)
        case .removed(let record): (record, true)
        case .shared, .heartbeat: nil
        }
    }
}
