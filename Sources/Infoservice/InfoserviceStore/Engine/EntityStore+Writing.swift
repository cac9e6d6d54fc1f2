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
        await add(write)
        // Not awaited in the actor, to which the writer would have to come back with each result.
        return try await write.value
    }

    private func add(_ write: PendingWrite) {
        if pending.isEmpty, !isCommitting { pending.restart(on: Batch(after: revision, at: clock.now())) }
        pending.add(write)
        decide()
        if isCommitting { return }
        isCommitting = true
        startCommitting()
    }

    /// With several processes a write is decided once nobody else can write.
    private func decide() {
        if shared == nil { pending.decide(on: contents, index, encodingWith: codec) }
    }

    /// Decides what waits again, because what it was decided on has changed.
    func decideAgain() {
        pending.restart(on: Batch(after: revision, at: clock.now()))
        decide()
    }

    private func startCommitting() {
        // A commit belongs to many writers, each of whom may be cancelled; it ends by itself.
        Task { await commitAll() }
    }

    private func commitAll() async {
        while loners.isEmpty, !pending.isEmpty { await commitNext() }
        passOn()
    }

    /// To the next one who wants the store.
    private func passOn() {
        if !loners.isEmpty {
            loners.removeFirst().resume()
        } else if pending.isEmpty {
            isCommitting = false
        } else {
            startCommitting()
        }
    }

    /// Runs `body` while no commit is under way; writes wait for it.
    func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
        if isCommitting { await withCheckedContinuation { loners.append($0) } }
        isCommitting = true
        defer { passOn() }
        return try await body()
    }

    private func commitNext() async {
        if let shared, defect == nil {
            do { try await takeTurn(shared) } catch {
                let failure = unavailable("the store cannot be written", error)
                takePending().settle(failure)
                return
            }
            pending.restart(on: Batch(after: revision, at: clock.now()))
            pending.decide(on: contents, index, encodingWith: codec)
        } else if shared != nil {
            takePending().settle(VC3Error(.unavailable, defect ?? ""))
            return
        }
        var next = takePending()
        if next.batch.steps.isEmpty {
            await shared?.endTurn()
            next.settle(nil)
            return
        }
        let failure = await commit(&next)
        let entries = failure == nil ? apply(next.batch.changes, compactingThrough: next.stored.compacted) : []
        if failure != nil { decideAgain() }
        // Writers first: there may be many more watchers.
        next.settle(failure)
        listeners.tell(entries, upTo: revision)
    }

    /// - Returns: What waits; from now on writes are decided on what that makes of the store.
    private func takePending() -> PendingBatch {
        let next = pending
        pending = PendingBatch(Batch(after: next.batch.revision, at: clock.now(), committing: next.batch.steps))
        return next
    }

    /// - Returns: Why the writes did not happen; `nil` when they did.
    private func commit(_ next: inout PendingBatch) async -> VC3Error? {
        if let defect { return VC3Error(.unavailable, defect) }
        let (steps, moment) = (next.batch.steps, next.batch.moment)
        let compacted = history.compaction(adding: steps.count, at: moment, retention: retention)
        next.compact(
            through: compacted,
            auditExpiry: compacted.map { _ in retention.auditExpiry(at: moment, last: next.batch.revision) })
        do {
            if let failure = next.failure { throw failure }
            let start = ContinuousClock.now
            try await persistence.commit(next.stored)
            statistics.commitSeconds.observe((ContinuousClock.now - start).inSeconds)
            statistics.batchSizes.observe(Double(steps.count))
        } catch {
            // A failed flush leaves open whether the commit happened: only the persistence can tell.
            do {
                if try await !persistence.isCommitted(next.stored) {
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
