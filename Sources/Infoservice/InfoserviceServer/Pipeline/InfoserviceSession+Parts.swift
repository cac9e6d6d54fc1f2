import InfoserviceAPI
import InfoserviceStore
import VC3Model

/// An entity as it is, and as a caller sees it.
struct SeenEntity: Sendable {
    var whole: EntityRecord
    var shown: EntityRecord
}

/// What a write that spans spec and status makes of an entity.
enum PartsChange: Sendable {
    /// - Parameters:
    ///   - owner: Of a new entity; `nil`: the caller.
    ///   - reported: The status attributes that it changes, for a refusal.
    case put(owner: String?, spec: JSONValue, status: JSONValue, reported: [String])
    case delete
}

struct PartsWrite: Sendable {
    let key: EntityKey
    /// - Parameter current: `nil` when there is none.
    let decide: @Sendable (_ current: SeenEntity?, _ view: StoreView) throws -> PartsChange
}

extension InfoserviceSession {
    /// Carries out all of the writes in one step or none, under the same rules as those of single parts: the caller must
    /// be one who may write each part that changes. Each write sees the store as it was before the step.
    ///
    /// - Throws: `invalid`, `forbidden`, and what a write decides.
    func write(_ writes: [PartsWrite], as action: EntityAction) async throws {
        guard let first = writes.first else { return }
        _ = try await engine.write(
            Mutation(first.key, by: author(of: action)) { _, view in
                let changes = try writes.map { EntityChange($0.key, try change($0, view[$0.key], view)) }
                let written = Set(writes.map(\.key))
                let waiting = SpecConformance.changes(creating: written.filter { view[$0] == nil }, in: view)
                return changes + waiting.filter { !written.contains($0.key) }
            })
    }

    private func change(_ write: PartsWrite, _ current: EntityRecord?, _ view: StoreView) throws -> Change {
        let key = write.key
        guard let current else {
            guard case .put(let owner, let spec, let status, let reported) = try write.decide(nil, view) else {
                throw Self.notFound(key)
            }
            let draft = EntityDraft(kind: key.kind, name: key.name, owner: owner, spec: spec)
            return .put(try content(of: draft, status, reported, view))
        }
        let access = AccessCheck(identity: identity, view: view)
        try access.enforce(.read, current)
        switch try write.decide(SeenEntity(whole: current, shown: Self.shown(current, to: identity)), view) {
        case .delete:
            // The original's clients delete in any order: who refers to it makes no difference here.
            try access.enforce(.delete, current)
            return DeletionPlan.deletion(of: current)
        case .put(_, let spec, let status, let reported):
            var content = EntityContent(current)
            if spec != current.spec {
                content.spec = try accepted(spec, over: current, expecting: nil, view)
            }
            if status != current.status {
                try naming(reported) { try access.enforce(.writeStatus, current) }
                content.status = try EntityValidation.accepted(status, part: .status, of: key, strictness: strictness)
            }
            return .put(conforming(content, current, key.kind, view))
        }
    }

    private func content(
        of draft: EntityDraft, _ status: JSONValue, _ reported: [String], _ view: StoreView
    ) throws -> EntityContent {
        let key = EntityKey(draft.kind, draft.name)
        let owner = draft.owner ?? (draft.kind == .user ? draft.name : identity.name)
        if !reported.isEmpty {
            let relation = Rules.relation(of: identity, to: Audience(owner: owner))
            try naming(reported) {
                try Rules.verdict(identity, may: .writeStatus, draft.kind, as: relation)
                    .enforce(identity, .writeStatus, key)
            }
        }
        return try accepted(draft, owner: owner, status: status, view)
    }

    /// A refusal says which attributes it is about.
    private func naming(_ attributes: [String], _ check: () throws -> Void) throws {
        do {
            try check()
        } catch let error as VC3Error {
            throw VC3Error(
                error.code, error.message,
                problems: attributes.map { .init(field: $0, problem: "is derived from what was observed") })
        }
    }
}
