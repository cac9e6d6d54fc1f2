import InfoserviceAPI
import VC3Model

/// The Master's view of the store: reads from its mirror, writes through, and sees its own writes at once.
struct MasterStore: Sendable {
    let infoservice: any Infoservice
    let mirror: EntityMirror

    /// What the Master watches. Secrets are not shown to it: it never needs to read one.
    static let kinds: Set<EntityKind> = [
        .user, .project, .resource, .nodeinfo, .allocation, .nodeset, .cluster, .environment, .request, .pilotset,
        .pairing, .sitelogin,
    ]

    init(infoservice: any Infoservice) {
        self.infoservice = infoservice
        mirror = EntityMirror(source: infoservice, kinds: Self.kinds)
    }

    func entity<Kind: EntityType>(_ type: Kind.Type, _ name: String) async throws -> Entity<Kind>? {
        try await mirror.entity(type, name)
    }

    func entities<Kind: EntityType>(_ type: Kind.Type) async throws -> [Entity<Kind>] {
        try await mirror.entities(type)
    }

    /// Whether it exists, asked of the store itself: for steps that a lagging copy must not decide.
    func exists(_ kind: EntityKind, _ name: String) async throws -> Bool {
        do {
            _ = try await infoservice.record(kind, name)
            return true
        } catch let error as VC3Error where error.code == .notFound {
            return false
        }
    }

    /// Writes the status if it differs from the stored one; returns the entity as it is then.
    @discardableResult
    func save<Kind: EntityType>(_ entity: Entity<Kind>, was old: Kind.Status) async throws -> Entity<Kind> {
        guard entity.status != old else { return entity }
        do {
            let record = try await infoservice.replaceStatus(
                Kind.kind, entity.name, with: JSONValue(encoding: entity.status), expecting: entity.metadata.revision)
            await mirror.note(record)
            return try Entity(record)
        } catch let error as VC3Error where error.code == .conflict {
            // The copy lagged or somebody wrote meanwhile; the next look starts from what is stored.
            await reread(entity.key)
            throw error
        }
    }

    /// Creates an entity; one that exists already is as good, for a lost reply looks the same.
    func ensure(_ draft: EntityDraft) async throws {
        do {
            await mirror.note(try await infoservice.create(draft))
        } catch let error as VC3Error where error.code == .exists {
            await reread(EntityKey(draft.kind, draft.name))
        }
    }

    /// Writes members of a spec, whatever its revision: for parts that only the Master writes.
    func patchSpec(_ kind: EntityKind, _ name: String, _ patch: JSONValue) async throws {
        await mirror.note(try await infoservice.patchSpec(kind, name, with: patch, expecting: nil))
    }

    /// Asks for deletion; what is gone already is as good.
    func delete(_ kind: EntityKind, _ name: String) async throws {
        do {
            try await infoservice.delete(kind, name)
            await reread(EntityKey(kind, name))
        } catch let error as VC3Error where error.code == .notFound {
            return
        }
    }

    /// Ends a deletion that the Master finalizes.
    func remove(_ key: EntityKey, expecting revision: Revision) async throws {
        do {
            try await infoservice.remove(key.kind, key.name, expecting: revision)
        } catch let error as VC3Error where error.code == .notFound {
            return
        } catch let error as VC3Error where error.code == .conflict {
            await reread(key)
            throw error
        }
    }

    private func reread(_ key: EntityKey) async {
        if let record = try? await infoservice.record(key.kind, key.name) { await mirror.note(record) }
    }
}
