public import InfoserviceAPI
public import InfoserviceStore
public import VC3Model

/// The Infoservice as one caller sees it: authorize → validate → store → show.
///
/// The HTTP routes and the parts that run in the same process use the same session, so the same rules hold for both.
public struct InfoserviceSession: EntityReader, EntityWriter, EntityWatcher {
    public let caller: Caller
    let engine: EntityStore
    let strictness: EntityValidation.Strictness

    /// Whose rights count.
    public var identity: Identity { caller.identity }

    /// - Parameter origin: The peer's network address, for the audit trail; `nil` for a part of the same process.
    public init(identity: Identity, origin: String? = nil, engine: EntityStore) {
        self.init(identity: identity, origin: origin, engine: engine, strictness: .strict)
    }

    init(
        identity: Identity, origin: String? = nil, engine: EntityStore, strictness: EntityValidation.Strictness
    ) {
        self.init(caller: Caller(identity, address: origin), engine: engine, strictness: strictness)
    }

    init(caller: Caller, engine: EntityStore, strictness: EntityValidation.Strictness = .strict) {
        self.caller = caller
        self.engine = engine
        self.strictness = strictness
    }

    // MARK: Reading

    public func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        let key = EntityKey(kind, name)
        guard let record = await engine.record(key) else { throw Self.notFound(key) }
        try enforce(.read, on: record)
        return shown(record)
    }

    public func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) async throws -> RecordList {
        var list = await engine.records(kind)
        list.items = list.items.filter(filter.matchesAlone).compactMap(visible)
        return list
    }

    public func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream {
        try await engine.watch(kinds, after: revision, seeing: visible)
    }

    // MARK: Writing

    public func create(_ draft: EntityDraft) async throws -> EntityRecord {
        let key = EntityKey(draft.kind, draft.name)
        let owner = draft.owner ?? (draft.kind == .user ? draft.name : identity.name)
        try Rules.verdict(identity, may: .create, draft.kind, ownedBy: owner).enforce(identity, .create, key)
        let spec = try EntityValidation.accepted(draft, owner: owner, strictness: strictness)
        let status = KindSchema.of(draft.kind).withDefaults([:], part: .status)
        return try await write(key, .create) { current, _ in
            if let current { throw Self.exists(current) }
            return .put(EntityContent(owner: owner, spec: spec, status: status))
        }
    }

    public func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        let key = EntityKey(kind, name)
        return try await change(key, .writeSpec, expecting: expected) { content in
            content.spec = try EntityValidation.accepted(spec, part: .spec, of: key, strictness: strictness)
        }
    }

    public func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        let key = EntityKey(kind, name)
        return try await change(key, .writeSpec, expecting: expected) { content in
            content.spec = try EntityValidation.accepted(
                content.spec.merging(patch: patch), part: .spec, of: key, strictness: strictness)
        }
    }

    public func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        let key = EntityKey(kind, name)
        return try await change(key, .writeStatus, expecting: expected) { content in
            content.status = try EntityValidation.accepted(status, part: .status, of: key, strictness: strictness)
        }
    }

    public func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        _ = try await markDeleting(kind, name)
    }

    /// As ``delete(_:_:)``.
    ///
    /// - Returns: The entity while its finalizer is tearing it down, `nil` when it is gone.
    public func markDeleting(_ kind: EntityKind, _ name: String) async throws -> EntityRecord? {
        let key = EntityKey(kind, name)
        let record = try await write(key, .delete) { current, _ in try deletion(of: known(current, key)) }
        return KindSchema.of(kind).finalizer == nil ? nil : record
    }

    func deletion(of current: EntityRecord) throws -> Change {
        try enforce(.delete, on: current)
        if KindSchema.of(current.metadata.kind).finalizer == nil { return .remove }
        var content = EntityContent(current)
        content.isDeleting = true
        return .put(content)
    }

    public func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        let key = EntityKey(kind, name)
        _ = try await write(key, .finish) { current, _ in
            let current = try known(current, key)
            try enforce(.finish, on: current)
            try Self.require(expected, of: current)
            guard current.metadata.deleting != nil else {
                throw VC3Error(.conflict, "\(key) is not marked for deletion; delete it first")
            }
            return .remove
        }
    }

    // MARK: The steps

    private func change(
        _ key: EntityKey, _ action: EntityAction, expecting expected: Revision?,
        _ change: @escaping @Sendable (inout EntityContent) throws -> Void
    ) async throws -> EntityRecord {
        try await write(key, action) { current, view in
            let current = try known(current, key)
            try enforce(action, on: current)
            if let expected { try Self.require(expected, of: current) }
            var content = EntityContent(current)
            try change(&content)
            return .put(conforming(content, current, key.kind, view))
        }
    }

    /// The content with the condition on its spec, which is the store's to write.
    func conforming(
        _ content: EntityContent, _ current: EntityRecord?, _ kind: EntityKind, _ view: StoreView
    ) -> EntityContent {
        var content = content
        SpecConformance.note(in: &content, of: kind, before: current?.status, strictness: strictness, view: view)
        return content
    }

    /// Authorization is part of the write's own step: what it goes by cannot change in between.
    private func write(
        _ key: EntityKey, _ action: EntityAction,
        _ decide: @escaping @Sendable (EntityRecord?, StoreView) throws -> Change
    ) async throws -> EntityRecord {
        shown(try await engine.write(Mutation(key, by: author(of: action), decide: decide)))
    }

    func author(of action: EntityAction) -> Author {
        Author(identity, via: caller.portal, from: caller.address, action: action.auditWord)
    }

    func known(_ record: EntityRecord?, _ key: EntityKey) throws -> EntityRecord {
        guard let record else { throw Self.notFound(key) }
        return record
    }

    func enforce(_ action: EntityAction, on record: EntityRecord) throws {
        try verdict(action, record).enforce(identity, action, record.key)
    }

    func verdict(_ action: EntityAction, _ record: EntityRecord) -> Verdict {
        Rules.verdict(identity, may: action, record.metadata.kind, ownedBy: record.metadata.owner)
    }

    func visible(_ record: EntityRecord) -> EntityRecord? {
        verdict(.read, record) == .allowed ? shown(record) : nil
    }

    /// The record without the secrets that this caller may not see.
    func shown(_ record: EntityRecord) -> EntityRecord {
        if verdict(.readSecrets, record) == .allowed { return record }
        let schema = KindSchema.of(record.metadata.kind)
        var shown = record
        shown.spec = schema.redacted(record.spec, part: .spec)
        shown.status = schema.redacted(record.status, part: .status)
        return shown
    }

    private static func require(_ expected: Revision, of record: EntityRecord) throws {
        let actual = record.metadata.revision
        guard actual == expected else {
            throw VC3Error(
                .conflict, "\(record.key) is at revision \(actual), not \(expected): somebody else wrote; read it again"
            )
        }
    }

    static func exists(_ record: EntityRecord) -> VC3Error {
        let hint = record.metadata.deleting == nil ? "" : " and is being deleted; wait until it is gone"
        return VC3Error(.exists, "\(record.key) exists already" + hint)
    }

    static func notFound(_ key: EntityKey) -> VC3Error {
        VC3Error(.notFound, "there is no \(key.kind.rawValue) named \(key.name)")
    }
}
