import InfoserviceAPI
public import VC3Model

extension EntityStore {
    /// Carries out one write and returns the entity as written (of a removal: the last state), once it is durable.
    ///
    /// Cancelling the caller does not undo it.
    ///
    /// - Throws: What the mutation refuses with; ``VC3Error`` `unavailable` when the persistence fails.
    public nonisolated func write(_ mutation: Mutation) async throws -> EntityRecord {
        let write = PendingWrite(mutation)
        // Neither to come in nor to hear of the result a writer enters the actor, on which all would wait for each other.
        if inbox.put(write) { startCommitting() }
        return try await write.value
    }

    private nonisolated func startCommitting() {
        // A commit belongs to many writers, each of whom may be cancelled; it ends by itself.
        Task { await commitAll() }
    }

    private func commitAll() async {
        while loners.isEmpty, let writes = inbox.take() { await commit(writes) }
        passOn()
    }

    /// To the next one who wants the store.
    private func passOn() {
        if !loners.isEmpty {
            loners.removeFirst().resume()
        } else if !inbox.rest() {
            startCommitting()
        }
    }

    /// Runs `body` while no commit is under way; writes wait for it.
    func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
        if !inbox.begin() { await withCheckedContinuation { loners.append($0) } }
        defer { passOn() }
        return try await body()
    }

    private func commit(_ writes: [PendingWrite]) async {
        if let shared, defect == nil {
            do { try await takeTurn(shared) } catch {
                let failure = unavailable("the store cannot be written", error)
                for write in writes { write.settle(.failure(failure)) }
                return
            }
        }
        var (batch, results) = decide(writes)
        if batch.steps.isEmpty {
            await shared?.endTurn()
            for (write, result) in zip(writes, results) { write.settle(result) }
            return
        }
        let failure = await flush(&batch)
        let entries =
            failure == nil
            ? apply(batch.steps.map { ($0.event, batch.moment) }, compactingThrough: batch.stored.compacted) : []
        // Writers first: there may be many more watchers.
        for (write, result) in zip(writes, results) { write.settle(failure.map { .failure($0) } ?? result) }
        listeners.tell(entries, upTo: revision)
    }

    /// Not async: the view of the contents is gone before they change, so that changing them copies nothing.
    private func decide(_ writes: [PendingWrite]) -> (Batch.Outcome, [Result<EntityRecord, any Error>]) {
        let view = StoreView(contents: contents, index: index, moment: clock.now())
        var batch = Batch(view, revision: revision, codec: codec)
        let results = writes.map { batch.apply($0.mutation) }
        return (batch.outcome, results)
    }

    /// - Returns: Why the writes did not happen; `nil` when they did.
    private func flush(_ batch: inout Batch.Outcome) async -> VC3Error? {
        if let defect { return VC3Error(.unavailable, defect) }
        let moment = batch.moment
        let compacted = history.compaction(adding: batch.steps.count, at: moment, retention: retention)
        batch.stored.compacted = compacted
        batch.stored.auditExpiry = compacted.map { _ in retention.auditExpiry(at: moment, last: batch.revision) }
        do {
            if let failure = batch.failure { throw failure }
            let start = ContinuousClock.now
            try await persistence.commit(batch.stored)
            statistics.commitSeconds.observe((ContinuousClock.now - start).inSeconds)
            statistics.batchSizes.observe(Double(batch.steps.count))
        } catch {
            // A failed flush leaves open whether the commit happened: only the persistence can tell.
            do {
                if try await !persistence.isCommitted(batch.stored) {
                    let error = unavailable("the store cannot be written", error)
                    failure = (error.message, .now)
                    return error
                }
            } catch let doubt {
                if shared != nil {
                    return unavailable(
                        "it is not known whether this was written; read it again before repeating it", doubt)
                }
                defect = "the store stopped after a failed write (\(error)); mend its disk and restart"
                return VC3Error(.unavailable, defect ?? "", cause: error)
            }
        }
        failure = nil
        return nil
    }

    /// Takes over what is durable. What is known already, because it came on another way, is passed over.
    ///
    /// - Returns: What watchers have to be told.
    func apply(
        _ events: [(event: WatchEvent, moment: Timestamp)], compactingThrough compacted: Revision? = nil
    ) -> [HistoryEntry] {
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
        return entries
    }

    /// Keeps these bodies in place of those under the same revisions.
    func rewrite(entities: [StoredChange], history: [StoredChange]) async throws {
        if let defect { throw VC3Error(.unavailable, defect) }
        try await persistence.rewrite(entities: entities, history: history)
    }
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
