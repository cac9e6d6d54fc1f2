import InfoserviceAPI
import Synchronization
import VC3Model

/// The Infoservice's contract without storage, as far as the Factory uses it.
actor InMemoryInfoservice: EntityReader, EntityWriter, EntityWatcher {
    private var records: [EntityKey: EntityRecord] = [:]
    private var revision = Revision.zero
    private var watchers: [WatchStream.Continuation] = []
    private(set) var statusWrites = 0
    /// What was written, in order.
    private(set) var writes: [EntityKey] = []
    /// All that has happened, for those who do not watch.
    private(set) var history: [WatchEvent] = []

    /// Whether it gives no answer about single entities, and takes no writes.
    private var isAway = false

    func goAway(_ isAway: Bool) { self.isAway = isAway }

    private func answer() throws {
        if isAway { throw VC3Error(.unavailable, "the Infoservice is away") }
    }

    /// Carries a write out only while the term of a lease lasts, as the store does.
    func fenced<Answer: Sendable>(
        by fence: Fence?, _ write: @Sendable (isolated InMemoryInfoservice) throws -> Answer
    ) throws -> Answer {
        if let fence { try fence.enforce(on: records[EntityKey(.lease, fence.lease)]) }
        return try write(self)
    }

    func record(_ kind: EntityKind, _ name: String) throws -> EntityRecord {
        try answer()
        guard let record = records[EntityKey(kind, name)] else {
            throw VC3Error(.notFound, "there is no \(kind) \(name)")
        }
        return record
    }

    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) -> RecordList {
        RecordList(
            items: records.values.filter { $0.metadata.kind == kind && filter.matchesAlone($0) }.sorted {
                $0.name < $1.name
            }, revision: revision)
    }

    func create(_ draft: EntityDraft) throws -> EntityRecord {
        try answer()
        let problems = KindSchema.of(draft.kind).problems(in: draft.spec, part: .spec)
        guard problems.isEmpty else { throw VC3Error(.invalid, "spec", problems: problems) }
        guard records[EntityKey(draft.kind, draft.name)] == nil else { throw VC3Error(.exists, "\(draft.name)") }
        let now = Timestamp(milliseconds: 0)
        let metadata = EntityMetadata(
            kind: draft.kind, name: draft.name, revision: revision, generation: 1, owner: draft.owner ?? "ana",
            created: now, updated: now)
        return write(EntityRecord(metadata: metadata, spec: draft.spec, status: .object([:])))
    }

    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) throws -> EntityRecord {
        var record = try expect(kind, name, expected)
        record.spec = spec
        record.metadata.generation += 1
        return write(record)
    }

    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) throws -> EntityRecord {
        throw VC3Error(.internal, "not used by the factory")
    }

    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) throws -> EntityRecord {
        var record = try expect(kind, name, expected)
        let problems = KindSchema.of(kind).problems(in: status, part: .status)
        guard problems.isEmpty else { throw VC3Error(.invalid, "status", problems: problems) }
        record.status = status
        statusWrites += 1
        return write(record)
    }

    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) throws {
        var record = try record(kind, name)
        if KindSchema.of(kind).finalizer == nil { return drop(record) }
        record.metadata.deleting = Timestamp(milliseconds: 1)
        _ = write(record)
    }

    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) throws {
        let record = try expect(kind, name, expected)
        guard record.metadata.deleting != nil else { throw VC3Error(.conflict, "\(name) is not marked") }
        drop(record)
    }

    private func drop(_ gone: EntityRecord) {
        var record = gone
        revision = revision.next
        record.metadata.revision = revision
        records[record.key] = nil
        tell(.removed(record))
    }

    private func tell(_ event: WatchEvent) {
        history.append(event)
        for watcher in watchers { watcher.yield(event) }
    }

    func watch(_ kinds: Set<EntityKind>, after start: Revision) -> WatchStream {
        let (stream, continuation) = WatchStream.makeStream()
        for record in records.values.sorted(by: { $0.metadata.revision < $1.metadata.revision })
        where record.metadata.revision > start && kinds.contains(record.metadata.kind) {
            continuation.yield(.changed(record))
        }
        watchers.append(continuation)
        return stream
    }

    private func expect(_ kind: EntityKind, _ name: String, _ expected: Revision) throws -> EntityRecord {
        let record = try record(kind, name)
        guard record.metadata.revision == expected else { throw VC3Error(.conflict, "\(name) was written since") }
        return record
    }

    private func write(_ record: EntityRecord) -> EntityRecord {
        var record = record
        revision = revision.next
        record.metadata.revision = revision
        records[record.key] = record
        writes.append(record.key)
        tell(.changed(record))
        return record
    }

    // MARK: - What tests do as the Master

    func wait(
        for name: String, _ what: String, atMost seconds: Int = 60,
        until isSo: @escaping @Sendable (PilotSet.Status) -> Bool
    ) async throws -> PilotSet.Status {
        let start = ContinuousClock.now
        let stream = watch([.pilotset], after: .zero)
        return try await withThrowingTaskGroup(of: PilotSet.Status?.self) { group in
            group.addTask {
                for try await event in stream {
                    guard case .changed(let record) = event, record.name == name else { continue }
                    let status = try Entity<PilotSet>(record).status
                    if isSo(status) { return status }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(until: start + .seconds(seconds), clock: .continuous)
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            guard let first else {
                let last = try? Entity<PilotSet>(self.record(.pilotset, name)).status
                throw VC3Error(.unavailable, "\(name): not \(what) in \(seconds) s; \(last.map { "\($0)" } ?? "gone")")
            }
            return first
        }
    }

    func change(_ name: String, _ edit: @Sendable (inout PilotSet.Spec) -> Void) throws {
        var entity = try Entity<PilotSet>(record(.pilotset, name))
        edit(&entity.spec)
        _ = try replaceSpec(
            .pilotset, name, with: JSONValue(encoding: entity.spec), expecting: entity.metadata.revision)
    }

    func awaitRemoval(of name: String, atMost seconds: Int = 60) async throws {
        let limit = ContinuousClock.now + .seconds(seconds)
        while records[EntityKey(.pilotset, name)] != nil {
            guard ContinuousClock.now < limit else {
                let last = try? Entity<PilotSet>(self.record(.pilotset, name)).status
                throw VC3Error(.unavailable, "\(name) is still there after \(seconds) s; \(last.map { "\($0)" } ?? "")")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
