import InfoserviceAPI
import VC3Model

/// A store in memory that checks schemas, revisions and finalizers, and that can be made to fail.
actor InMemoryInfoservice: EntityReader, EntityWriter, EntityWatcher {
    /// When writes fail: the nth write from now throws, either without effect or after it (a lost reply), and so do
    /// all later ones, as after a kill.
    enum Fault: Sendable { case none, before(Int), after(Int) }

    private var contents: [EntityKey: EntityRecord] = [:]
    private var revision = Revision.zero
    private var watchers: [(kinds: Set<EntityKind>, continuation: WatchStream.Continuation)] = []
    private var fault = Fault.none
    private(set) var writes = 0
    private var time: Int64 = 1_800_000_000_000

    func fail(_ fault: Fault) {
        self.fault = fault
        writes = 0
    }

    func record(_ kind: EntityKind, _ name: String) throws -> EntityRecord {
        guard let record = contents[EntityKey(kind, name)] else {
            throw VC3Error(.notFound, "there is no \(kind.rawValue) \(name)")
        }
        return shown(record)
    }

    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) -> RecordList {
        let items = contents.values.filter { $0.metadata.kind == kind && filter.matchesAlone($0) }.sorted {
            $0.name < $1.name
        }
        return RecordList(items: items.map(shown), revision: revision)
    }

    func watch(_ kinds: Set<EntityKind>, after revision: Revision) -> WatchStream {
        AsyncThrowingStream { continuation in
            for record in contents.values.filter({ $0.metadata.revision > revision }).sorted(by: {
                $0.metadata.revision < $1.metadata.revision
            }) where kinds.contains(record.metadata.kind) {
                continuation.yield(.changed(shown(record)))
            }
            watchers.append((kinds, continuation))
        }
    }

    func create(_ draft: EntityDraft) throws -> EntityRecord {
        let key = EntityKey(draft.kind, draft.name)
        if contents[key] != nil { throw VC3Error(.exists, "\(key) exists") }
        return try write {
            let now = tick()
            return EntityRecord(
                metadata: EntityMetadata(
                    kind: draft.kind, name: draft.name, revision: revision.next, generation: 1,
                    owner: draft.owner ?? "master", created: now, updated: now),
                spec: try checked(draft.spec, draft.kind, .spec),
                status: KindSchema.of(draft.kind).withDefaults([:], part: .status))
        }
    }

    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) throws -> EntityRecord {
        try change(kind, name, expected) { record in
            record.spec = try checked(spec, kind, .spec)
            record.metadata.generation += 1
        }
    }

    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) throws -> EntityRecord {
        try change(kind, name, expected) { record in
            record.spec = try checked(record.spec.merging(patch: patch), kind, .spec)
            record.metadata.generation += 1
        }
    }

    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) throws -> EntityRecord {
        try change(kind, name, expected) { $0.status = try checked(status, kind, .status) }
    }

    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) throws {
        guard let record = contents[EntityKey(kind, name)] else { throw VC3Error(.notFound, "no \(kind) \(name)") }
        if KindSchema.of(kind).finalizer == nil { return try drop(record) }
        if record.metadata.deleting != nil { return }
        _ = try change(kind, name, nil) { $0.metadata.deleting = tick() }
    }

    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) throws {
        guard let record = contents[EntityKey(kind, name)] else { throw VC3Error(.notFound, "no \(kind) \(name)") }
        guard record.metadata.revision == expected, record.metadata.deleting != nil else {
            throw VC3Error(.conflict, "\(record.key) was written since or is not marked")
        }
        try drop(record)
    }

    /// The secret of a private token, which the Master itself never sees.
    func secret(_ name: String) -> String? { contents[EntityKey(.privatetoken, name)]?.spec["data"]?.stringValue }

    /// A status attribute as it is stored, secret or not.
    func secretStatus(_ key: EntityKey, _ name: String) -> String? { contents[key]?.status[name]?.stringValue }

    func keys() -> Set<EntityKey> { Set(contents.keys) }

    // MARK: - Inside

    private func shown(_ record: EntityRecord) -> EntityRecord {
        var shown = record
        shown.spec = KindSchema.of(record.metadata.kind).redacted(record.spec, part: .spec)
        shown.status = KindSchema.of(record.metadata.kind).redacted(record.status, part: .status)
        return shown
    }

    private func checked(_ value: JSONValue, _ kind: EntityKind, _ part: KindSchema.Part) throws -> JSONValue {
        let problems = KindSchema.of(kind).problems(in: value, part: part)
        if !problems.isEmpty { throw VC3Error(.invalid, "invalid \(kind.rawValue)", problems: problems) }
        return KindSchema.of(kind).withDefaults(value, part: part)
    }

    private func change(
        _ kind: EntityKind, _ name: String, _ expected: Revision?, _ body: (inout EntityRecord) throws -> Void
    ) throws -> EntityRecord {
        guard var record = contents[EntityKey(kind, name)] else {
            throw VC3Error(.notFound, "there is no \(kind.rawValue) \(name)")
        }
        if let expected, expected != record.metadata.revision { throw VC3Error(.conflict, "\(record.key) was written") }
        return try write {
            try body(&record)
            record.metadata.revision = revision.next
            record.metadata.updated = tick()
            return record
        }
    }

    private func write(_ make: () throws -> EntityRecord) throws -> EntityRecord {
        let isLost = try countWrite()
        let record = try make()
        revision = revision.next
        contents[record.key] = record
        tell(.changed(shown(record)))
        if isLost { throw VC3Error(.unavailable, "the reply was lost") }
        return shown(record)
    }

    private func drop(_ record: EntityRecord) throws {
        let isLost = try countWrite()
        var last = record
        revision = revision.next
        last.metadata.revision = revision
        contents[record.key] = nil
        tell(.removed(shown(last)))
        if isLost { throw VC3Error(.unavailable, "the reply was lost") }
    }

    private func countWrite() throws -> Bool {
        writes += 1
        switch fault {
        case .none: return false
        case .before(let limit):
            if writes >= limit { throw VC3Error(.unavailable, "the store is away") }
            return false
        case .after(let limit):
            if writes > limit { throw VC3Error(.unavailable, "the store is away") }
            return writes == limit
        }
    }

    private func tell(_ event: WatchEvent) {
        let kind: EntityKind
        switch event {
        case .changed(let record), .shared(let record, _), .removed(let record): kind = record.metadata.kind
        case .heartbeat: return
        }
        for watcher in watchers where watcher.kinds.contains(kind) { watcher.continuation.yield(event) }
    }

    private func tick() -> Timestamp {
        time += 1
        return Timestamp(milliseconds: time)
    }
}
