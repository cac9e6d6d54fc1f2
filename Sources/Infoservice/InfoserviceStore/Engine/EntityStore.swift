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
    /// Changed by ``use(_:)``, between two commits.
    var codec: RecordCodec
    public nonisolated let statistics = StoreStatistics()
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
    /// Those who want the store between two commits.
    private var loners: [CheckedContinuation<Void, Never>] = []
    private var defect: String?
    /// Of the last write, if it failed.
    private var failure: (message: String, moment: ContinuousClock.Instant)?
    private var listeners = Listeners()
    /// Follows what other processes write, where there may be any.
    private var follower: Task<Void, Never>?

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
        let state = try await StoreImage(decoding: persistence.load(), with: codec)
        let store = EntityStore(
            persistence: persistence, codec: codec, clock: clock, retention: retention, heartbeat: heartbeat,
            image: state)
        if let shared = persistence as? any SharedPersistence { await store.follow(shared) }
        return store
    }

    private init(
        persistence: any Persistence, codec: RecordCodec, clock: WallClock, retention: Retention, heartbeat: Duration,
        image: StoreImage
    ) {
        self.persistence = persistence
        self.codec = codec
        self.clock = clock
        self.retention = retention
        self.heartbeat = heartbeat
        contents = image.contents
        index = EntityIndex(image.contents)
        revision = image.revision
        history = image.history
    }

    /// Lets go of the persistence. Writes fail from now on.
    public func close() async throws {
        defect = "the store is closed"
        follower?.cancel()
        try await persistence.close()
    }

    // MARK: Reading

    public func record(_ key: EntityKey) -> EntityRecord? { contents[key.kind]?[key.name] }

    /// How many entities there are of each kind that has any.
    public var counts: [EntityKind: Int] { contents.compactMapValues { $0.isEmpty ? nil : $0.count } }

    /// Why nothing can be written: until a restart, or as the last write found within ten seconds. `nil` while all is
    /// well.
    public var obstacle: String? {
        if let defect { return defect }
        guard let failure, ContinuousClock.now - failure.moment < .seconds(10) else { return nil }
        return failure.message
    }

    func entityNames(_ kind: EntityKind) -> [String] { contents[kind].map { Array($0.keys) } ?? [] }

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
        let (results, failure) = await carryOut([own] + followers.map(\.mutation))
        for (follower, result) in zip(followers, results.dropFirst()) {
            follower.turn.resume(returning: .committed(failure.map { .failure($0) } ?? result))
        }
        passOn()
        if let failure { throw failure }
        return try results[0].get()
    }

    /// The next one's turn.
    private func passOn() {
        if !loners.isEmpty {
            loners.removeFirst().resume()
        } else if waiting.isEmpty {
            isCommitting = false
        } else {
            waiting.removeFirst().turn.resume(returning: .lead)
        }
    }

    /// Runs `body` while no commit is under way; writes wait for it.
    func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
        if isCommitting { await withCheckedContinuation { loners.append($0) } }
        isCommitting = true
        defer { passOn() }
        return try await body()
    }

    /// - Returns: How each write fared, unless there is a failure, which is everyone's.
    private func carryOut(_ mutations: [Mutation]) async -> ([Result<EntityRecord, any Error>], VC3Error?) {
        let shared = persistence as? any SharedPersistence
        if let shared, defect == nil {
            do { try await takeTurn(shared) } catch { return ([], unavailable("the store cannot be written", error)) }
        }
        let (steps, results, moment) = evaluate(mutations)
        if steps.isEmpty {
            await shared?.endTurn()
            return (results, nil)
        }
        return (results, await commit(steps, at: moment))
    }

    /// Not async: the view of the contents is gone before they change, so that changing them copies nothing.
    private func evaluate(
        _ mutations: [Mutation]
    ) -> (steps: [Batch.Step], results: [Result<EntityRecord, any Error>], moment: Timestamp) {
        var batch = Batch(StoreView(contents: contents, index: index, moment: clock.now()), revision: revision)
        let results = mutations.map { batch.apply($0) }
        return (batch.steps, results, batch.moment)
    }

    /// - Returns: Why the steps did not happen; `nil` when they did.
    private func commit(_ steps: [Batch.Step], at moment: Timestamp) async -> VC3Error? {
        if let defect { return VC3Error(.unavailable, defect) }
        let compacted = history.compaction(adding: steps.count, at: moment, retention: retention)
        var batch = StoredBatch([], audit: [])
        do {
            batch = try await Self.encode(steps, at: moment, with: codec)
            batch.compacted = compacted
            batch.auditExpiry = compacted.map { _ in retention.auditExpiry(at: moment, last: batch.last) }
            let start = ContinuousClock.now
            try await persistence.commit(batch)
            statistics.commitSeconds.observe((ContinuousClock.now - start).inSeconds)
            statistics.batchSizes.observe(Double(batch.changes.count))
        } catch {
            // A failed flush leaves open whether the commit happened: only the persistence can tell.
            do {
                if try await !persistence.isCommitted(batch) {
                    let error = unavailable("the store cannot be written", error)
                    failure = (error.message, .now)
                    return error
                }
            } catch let doubt {
                if persistence is any SharedPersistence {
                    return unavailable(
                        "it is not known whether this was written; read it again before repeating it", doubt)
                }
                defect = "the store stopped after a failed write (\(error)); mend its disk and restart"
                return VC3Error(.unavailable, defect ?? "", cause: error)
            }
        }
        failure = nil
        apply(steps.map { ($0.event, moment) }, compactingThrough: compacted)
        return nil
    }

    private func unavailable(_ message: String, _ cause: any Error) -> VC3Error {
        VC3Error(.unavailable, "\(message): \(cause)", cause: cause)
    }

    @concurrent
    private static func encode(
        _ steps: [Batch.Step], at moment: Timestamp, with codec: RecordCodec
    ) async throws -> StoredBatch {
        var batch = StoredBatch([], audit: [])
        for step in steps {
            guard let (record, isRemoval) = step.event.change else { continue }
            batch.changes.append(
                StoredChange(
                    revision: record.metadata.revision, key: record.key, isRemoval: isRemoval, moment: moment,
                    body: try codec.encode(record)))
            batch.replaced.append(step.previous?.metadata.revision)
            batch.audit.append(
                AuditEntry(of: record, over: step.previous, isRemoval: isRemoval, by: step.author, at: moment))
        }
        return batch
    }

    /// Takes over what is durable. What is known already, because it came on another way, is passed over.
    private func apply(_ events: [(event: WatchEvent, moment: Timestamp)], compactingThrough compacted: Revision? = nil)
    {
        var entries: [HistoryEntry] = []
        let events = events.filter { $0.event.revision > revision }
        for (event, moment) in events {
            guard let (record, isRemoval) = event.change else { continue }
            let entry = entry(of: event, record, isRemoval: isRemoval, at: moment)
            contents[record.metadata.kind, default: [:]][record.name] = isRemoval ? nil : record
            index.replace(entry.previous, by: isRemoval ? nil : record)
            history.append(entry)
            entries.append(entry)
            revision = event.revision
        }
        if let compacted, compacted > history.compacted { history.compact(through: compacted) }
        listeners.tell(entries, upTo: revision)
    }

    /// Keeps these bodies in place of those under the same revisions.
    func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        if let defect { throw VC3Error(.unavailable, defect) }
        try await persistence.rewrite(entities: entities, history: history)
    }

    // MARK: Other processes

    private func follow(_ shared: any SharedPersistence) {
        // The store has no scope that following could be a child task of: `close()` ends it, or the store's end.
        follower = Task { [weak self] in
            for await hint in shared.wakeups { await self?.look(shared, hint) }
        }
    }

    /// Brings in what others wrote, if anything. While the database is away the store shows what it knows; the
    /// persistence wakes it again.
    private func look(_ shared: any SharedPersistence, _ hint: Revision?) async {
        if let hint, hint <= revision { return }
        let start = revision
        guard defect == nil, let news = try? await shared.news(after: start) else { return }
        try? await absorb(news)
    }

    private func takeTurn(_ shared: any SharedPersistence) async throws {
        let news = try await shared.takeTurn(after: revision)
        do {
            try await absorb(news)
        } catch {
            await shared.endTurn()
            throw error
        }
        if let defect {
            await shared.endTurn()
            throw VC3Error(.unavailable, defect)
        }
    }

    /// A record that cannot be read makes the store unusable, because going on would hide a change.
    ///
    /// - Throws: When the persistence is away; nothing is absorbed then.
    private func absorb(_ news: StoredNews) async throws {
        switch news {
        case .changes(let changes):
            if changes.isEmpty { return }
            guard let events = await legible({ try await StoreImage.events(decoding: changes, with: $0) }) else {
                return
            }
            apply(events)
        case .compacted:
            let state = try await persistence.load()
            guard let image = await legible({ try await StoreImage(decoding: state, with: $0) }),
                image.revision > revision
            else { return }
            contents = image.contents
            index = EntityIndex(image.contents)
            revision = image.revision
            history = image.history
            listeners.rouse()
        }
    }

    private func legible<Value>(_ decode: (RecordCodec) async throws -> Value) async -> Value? {
        do {
            return try await decode(codec)
        } catch {
            defect = "what another process wrote cannot be read (\(error)); give this one the same sealing key file"
            return nil
        }
    }

    // MARK: Audit

    /// Entries of the audit trail, newest first. Covers what other processes did.
    ///
    /// - Throws: ``VC3Error`` `invalid` for a limit out of range, `unavailable` when the persistence fails.
    public func audit(_ query: AuditQuery) async throws -> AuditPage {
        guard (1...AuditQuery.largestLimit).contains(query.limit) else {
            let problem = "is \(query.limit); needed is 1 to \(AuditQuery.largestLimit)"
            throw VC3Error(.invalid, "the limit is not valid", problems: [.init(field: "limit", problem: problem)])
        }
        do {
            return try await persistence.audit(query)
        } catch {
            throw unavailable("the audit trail cannot be read", error)
        }
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
    ) async throws -> WatchStream {
        // Somebody who comes from another process may know more than this one yet.
        if revision > self.revision, let shared = persistence as? any SharedPersistence { await look(shared, revision) }
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
    var change: (record: EntityRecord, isRemoval: Bool)? {
        switch self {
        case .changed(let record): (record, false)
        case .removed(let record): (record, true)
        case .shared, .heartbeat: nil
        }
    }
}
