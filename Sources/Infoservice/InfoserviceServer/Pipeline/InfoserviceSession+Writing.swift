public import InfoserviceAPI
import InfoserviceStore
public import VC3Model

/// Authorization, references and what a write refers to are looked at in the write's own step, so that nothing they go
/// by can change in between.
extension InfoserviceSession {
    public func create(_ draft: EntityDraft) async throws -> EntityRecord {
        let key = EntityKey(draft.kind, draft.name)
        let owner = draft.owner ?? (draft.kind == .user ? draft.name : identity.name)
        return try await writeAll(key, .create) { current, view in
            let content = try accepted(draft, owner: owner, status: [:], view)
            if let current { throw Self.exists(current) }
            return [EntityChange(key, .put(content))] + SpecConformance.changes(creating: [key], in: view)
        }
    }

    public func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await changeSpec(EntityKey(kind, name), expecting: expected) { _ in spec }
    }

    public func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        try await changeSpec(EntityKey(kind, name), expecting: expected) { $0.merging(patch: patch) }
    }

    public func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        let key = EntityKey(kind, name)
        return try await write(key, .writeStatus) { current, view in
            let current = try known(current, key)
            try AccessCheck(identity: identity, view: view).enforce(.writeStatus, current)
            try Self.require(expected, of: current)
            var content = EntityContent(current)
            content.status = try EntityValidation.accepted(status, part: .status, of: key, strictness: strictness)
            return .put(conforming(content, current, kind, view))
        }
    }

    public func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        _ = try await markDeleting(kind, name, cascade: cascade)
    }

    /// As ``delete(_:_:cascade:)``.
    ///
    /// - Returns: The entity while its finalizer is tearing it down, `nil` when it is gone.
    public func markDeleting(_ kind: EntityKind, _ name: String, cascade: Bool) async throws -> EntityRecord? {
        let key = EntityKey(kind, name)
        let record = try await writeAll(key, .delete) { current, view in
            let current = try known(current, key)
            let access = AccessCheck(identity: identity, view: view)
            let plan = DeletionPlan(current, cascade: cascade, access: access)
            let changes = try plan.changes()
            // The Master and the Factory delete what they made themselves, while tearing down: nobody holds that up.
            let tearsDown = identity.role == .master || identity.role == .factory
            if !cascade, !tearsDown, current.metadata.deleting == nil { try plan.refuseReferrers() }
            return changes
        }
        return KindSchema.of(kind).finalizer == nil ? nil : record
    }

    public func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        let key = EntityKey(kind, name)
        _ = try await write(key, .finish) { current, view in
            let current = try known(current, key)
            try AccessCheck(identity: identity, view: view).enforce(.finish, current)
            try Self.require(expected, of: current)
            guard current.metadata.deleting != nil else {
                throw VC3Error(.conflict, "\(key) is not marked for deletion; delete it first")
            }
            return .remove
        }
    }

    // MARK: The steps

    private func changeSpec(
        _ key: EntityKey, expecting expected: Revision?, _ change: @escaping @Sendable (JSONValue) -> JSONValue
    ) async throws -> EntityRecord {
        try await write(key, .writeSpec) { current, view in
            let current = try known(current, key)
            var content = EntityContent(current)
            content.spec = try accepted(change(current.spec), over: current, expecting: expected, view)
            return .put(conforming(content, current, key.kind, view))
        }
    }

    /// The content of a new entity, if the caller may make it.
    func accepted(
        _ draft: EntityDraft, owner: String, status: JSONValue, _ view: StoreView
    ) throws -> EntityContent {
        let key = EntityKey(draft.kind, draft.name)
        let relation = Rules.relation(of: identity, to: Audience(owner: owner))
        try Rules.verdict(identity, may: .create, draft.kind, as: relation).enforce(identity, .create, key)
        let problems = EntityValidation.problems(in: draft, owner: owner, strictness: strictness)
        let spec = EntityValidation.stored(draft.spec, part: .spec, of: draft.kind)
        let access = AccessCheck(identity: identity, view: view)
        let references = ReferenceCheck(access: access, key: key, old: nil, new: spec)
        try refuse(problems, references, "\(key) is not valid")
        let content = EntityContent(
            owner: owner, spec: spec,
            status: try EntityValidation.accepted(status, part: .status, of: key, strictness: strictness))
        return conforming(content, nil, draft.kind, view)
    }

    /// The spec as it is stored, if the caller may make it be so.
    func accepted(
        _ sent: JSONValue, over current: EntityRecord, expecting expected: Revision?, _ view: StoreView
    ) throws -> JSONValue {
        let key = current.key
        let access = AccessCheck(identity: identity, view: view)
        let isProject = key.kind == .project
        let wanted = isProject ? ProjectChange.normalized(sent, over: current.spec) : sent
        let spec = EntityValidation.stored(wanted, part: .spec, of: key.kind)
        let isContribution = isProject && ProjectChange(access: access, old: current, new: spec).isContribution
        if !isContribution { try access.enforce(.writeSpec, current) }
        if let expected { try Self.require(expected, of: current) }
        var problems = EntityValidation.problems(in: wanted, part: .spec, of: key.kind, strictness: strictness)
        if isProject { problems += ProjectChange.problems(in: spec, owner: current.metadata.owner) }
        let references = ReferenceCheck(access: access, key: key, old: current.spec, new: spec)
        try refuse(problems, references, "the spec of \(key) is not valid")
        return spec
    }

    /// The content with the condition on its spec, which is the store's to write.
    func conforming(
        _ content: EntityContent, _ current: EntityRecord?, _ kind: EntityKind, _ view: StoreView
    ) -> EntityContent {
        var content = content
        SpecConformance.note(in: &content, of: kind, before: current?.status, strictness: strictness, view: view)
        return content
    }

    /// All that is wrong at once: with the fields themselves and with what they refer to.
    private func refuse(_ own: [VC3Error.Problem], _ references: ReferenceCheck, _ message: String) throws {
        // The original's clients may name what does not exist yet.
        let missing = strictness == .strict ? references.problems : []
        try EntityValidation.refuse(own + missing.filter { !own.contains($0) }, message)
        try references.enforce()
    }

    private func write(
        _ key: EntityKey, _ action: EntityAction,
        _ decide: @escaping @Sendable (EntityRecord?, StoreView) throws -> Change
    ) async throws -> EntityRecord {
        try await writeAll(key, action) { [EntityChange(key, try decide($0, $1))] }
    }

    private func writeAll(
        _ key: EntityKey, _ action: EntityAction,
        _ decide: @escaping @Sendable (EntityRecord?, StoreView) throws -> [EntityChange]
    ) async throws -> EntityRecord {
        let record = try await engine.write(
            Mutation(key, by: author(of: action)) { current, view in
                let changes = try decide(current, view)
                try enforceFence(view)
                return changes
            })
        return Self.shown(record, to: identity)
    }

    private func enforceFence(_ view: StoreView) throws {
        guard let fence else { return }
        guard KindSchema.of(.lease).specWriters.contains(identity.role) else {
            throw VC3Error(.forbidden, "\(identity) may not write under a fence: only those that hold leases do")
        }
        try fence.enforce(on: view[EntityKey(.lease, fence.lease)])
    }

    func author(of action: EntityAction) -> Author {
        Author(identity, via: caller.portal, from: caller.address, action: action.auditWord)
    }

    private func known(_ record: EntityRecord?, _ key: EntityKey) throws -> EntityRecord {
        guard let record else { throw Self.notFound(key) }
        return record
    }

    private static func require(_ expected: Revision, of record: EntityRecord) throws {
        let actual = record.metadata.revision
        guard actual == expected else {
            throw VC3Error(
                .conflict, "\(record.key) is at revision \(actual), not \(expected): somebody else wrote; read it again"
            )
        }
    }
}
