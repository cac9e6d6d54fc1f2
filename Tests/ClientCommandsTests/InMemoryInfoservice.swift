import InfoserviceAPI
import VC3Model

/// A store that keeps the protocols' promises for one caller, `ana`, and notes every write.
actor InMemoryInfoservice: EntityReader, EntityWriter, EntityWatcher {
    static let caller = "ana"

    private var records: [EntityKey: EntityRecord] = [:]
    private var history: [WatchEvent] = []
    private var revision = Revision.zero
    private var watchers: [(Set<EntityKind>, AsyncThrowingStream<WatchEvent, any Error>.Continuation)] = []
    private var watchWaiters: [CheckedContinuation<Void, Never>] = []
    private var failures: [VC3Error] = []
    private var interference: [@Sendable (InMemoryInfoservice) async throws -> Void] = []

    /// The writes that were carried out, e.g. `create user ana`.
    private(set) var writes: [String] = []

    var contents: [EntityKey: EntityRecord] { records }

    func load(_ contents: [EntityKey: EntityRecord]) {
        records = contents
        revision = contents.values.map(\.metadata.revision).max() ?? .zero
    }

    /// Makes the next operation fail.
    func failNext(_ error: VC3Error) { failures.append(error) }

    /// Runs something between a reader's read and its next write.
    func interfereAfterNextRead(_ action: @escaping @Sendable (InMemoryInfoservice) async throws -> Void) {
        interference.append(action)
    }

    func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try failIfAsked()
        guard let record = records[EntityKey(kind, name)] else { throw missing(kind, name) }
        if !interference.isEmpty { try await interference.removeFirst()(self) }
        return record
    }

    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) throws -> RecordList {
        try failIfAsked()
        let items = records.values.filter { $0.metadata.kind == kind && filter.matchesAlone($0) }.sorted {
            $0.name < $1.name
        }
        return RecordList(items: items, revision: revision)
    }

    func create(_ draft: EntityDraft) throws -> EntityRecord {
        try failIfAsked()
        let key = EntityKey(draft.kind, draft.name)
        guard records[key] == nil else { throw VC3Error(.exists, "\(key) exists already") }
        let schema = KindSchema.of(draft.kind)
        let spec = schema.withDefaults(draft.spec, part: .spec)
        try refuse(schema.problems(in: spec, part: .spec), key)
        let now = Timestamp(milliseconds: 0)
        let metadata = EntityMetadata(
            kind: draft.kind, name: draft.name, revision: .zero, generation: 1, owner: draft.owner ?? Self.caller,
            created: now, updated: now)
        writes.append("create \(key)")
        return store(EntityRecord(metadata: metadata, spec: spec, status: schema.withDefaults([:], part: .status)))
    }

    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) throws -> EntityRecord {
        try writeSpec(kind, name, expecting: expected) { _ in spec }
    }

    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) throws -> EntityRecord {
        try writeSpec(kind, name, expecting: expected) { $0.merging(patch: patch) }
    }

    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) throws -> EntityRecord {
        guard var record = records[EntityKey(kind, name)] else { throw missing(kind, name) }
        record.status = KindSchema.of(kind).withDefaults(status, part: .status)
        return store(record)
    }

    /// What the part of the system that owns the status would write.
    func setStatus(_ kind: EntityKind, _ name: String, _ changes: JSONValue) throws {
        guard var record = records[EntityKey(kind, name)] else { throw missing(kind, name) }
        record.status = record.status.merging(patch: changes)
        try refuse(KindSchema.of(kind).problems(in: record.status, part: .status), record.key)
        _ = store(record)
    }

    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) throws {
        try failIfAsked()
        guard var record = records[EntityKey(kind, name)] else { throw missing(kind, name) }
        writes.append("delete \(record.key)" + (cascade ? " and what refers to it" : ""))
        if KindSchema.of(kind).finalizer != nil {
            record.metadata.deleting = Timestamp(milliseconds: 0)
            _ = store(record)
        } else {
            drop(record)
        }
    }

    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) throws {
        guard let record = records[EntityKey(kind, name)] else { throw missing(kind, name) }
        drop(record)
    }

    /// Ends what was marked for deletion, as its finalizer would.
    func finalize(_ kind: EntityKind, _ name: String) throws { try remove(kind, name, expecting: revision) }

    func watch(_ kinds: Set<EntityKind>, after revision: Revision) throws -> WatchStream {
        try failIfAsked()
        let (stream, continuation) = WatchStream.makeStream()
        for event in history where event.revision > revision { yield(event, to: (kinds, continuation)) }
        watchers.append((kinds, continuation))
        for waiter in watchWaiters { waiter.resume() }
        watchWaiters = []
        return stream
    }

    /// Returns once there is a watch.
    func watchBegan() async {
        if !watchers.isEmpty { return }
        await withCheckedContinuation { watchWaiters.append($0) }
    }

    /// Cuts every watch, as a lost connection does.
    func cutWatches() {
        for (_, continuation) in watchers { continuation.finish(throwing: VC3Error(.unavailable, "connection lost")) }
        watchers = []
    }

    private func writeSpec(
        _ kind: EntityKind, _ name: String, expecting expected: Revision?, _ change: (JSONValue) -> JSONValue
    ) throws -> EntityRecord {
        try failIfAsked()
        guard var record = records[EntityKey(kind, name)] else { throw missing(kind, name) }
        if let expected, expected != record.metadata.revision {
            throw VC3Error(.conflict, "\(record.key) was written meanwhile")
        }
        record.spec = KindSchema.of(kind).withDefaults(change(record.spec), part: .spec)
        try refuse(KindSchema.of(kind).problems(in: record.spec, part: .spec), record.key)
        record.metadata.generation += 1
        writes.append("write \(record.key)")
        return store(record)
    }

    private func store(_ record: EntityRecord) -> EntityRecord {
        var record = record
        revision = revision.next
        record.metadata.revision = revision
        records[record.key] = record
        publish(.changed(record))
        return record
    }

    private func drop(_ record: EntityRecord) {
        var record = record
        revision = revision.next
        record.metadata.revision = revision
        records[record.key] = nil
        publish(.removed(record))
    }

    private func publish(_ event: WatchEvent) {
        history.append(event)
        for watcher in watchers { yield(event, to: watcher) }
    }

    private func yield(_ event: WatchEvent, to watcher: (Set<EntityKind>, WatchStream.Continuation)) {
        switch event {
        case .changed(let record), .shared(let record, _), .removed(let record):
            if watcher.0.contains(record.metadata.kind) { watcher.1.yield(event) }
        case .heartbeat:
            watcher.1.yield(event)
        }
    }

    private func failIfAsked() throws { if !failures.isEmpty { throw failures.removeFirst() } }

    private func refuse(_ problems: [VC3Error.Problem], _ key: EntityKey) throws {
        if !problems.isEmpty { throw VC3Error(.invalid, "\(key) cannot be stored", problems: problems) }
    }

    private func missing(_ kind: EntityKind, _ name: String) -> VC3Error {
        VC3Error(.notFound, "there is no \(EntityKey(kind, name))")
    }
}
