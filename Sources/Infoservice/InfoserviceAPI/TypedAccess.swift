public import VC3Model

extension EntityReader {
    public func entity<Kind: EntityType>(_ type: Kind.Type, _ name: String) async throws -> Entity<Kind> {
        try Entity(await record(Kind.kind, name))
    }

    public func entities<Kind: EntityType>(_ type: Kind.Type) async throws -> [Entity<Kind>] {
        try await records(Kind.kind).items.map { try Entity($0) }
    }
}

extension EntityWriter {
    public func create<Kind: EntityType>(
        _ type: Kind.Type, _ name: String, owner: String?, spec: Kind.Spec
    ) async throws -> Entity<Kind> {
        let draft = EntityDraft(kind: Kind.kind, name: name, owner: owner, spec: try JSONValue(encoding: spec))
        return try await Entity(create(draft), keeping: spec)
    }

    /// Writes the entity's status at the revision that the entity carries.
    public func writeStatus<Kind: EntityType>(of entity: Entity<Kind>) async throws -> Entity<Kind> {
        let record = try await replaceStatus(
            Kind.kind, entity.name, with: JSONValue(encoding: entity.status), expecting: entity.metadata.revision)
        return try Entity(record, keeping: entity.spec)
    }

    /// Writes the entity's whole spec at the revision that the entity carries.
    public func writeSpec<Kind: EntityType>(of entity: Entity<Kind>) async throws -> Entity<Kind> {
        let record = try await replaceSpec(
            Kind.kind, entity.name, with: JSONValue(encoding: entity.spec), expecting: entity.metadata.revision)
        return try Entity(record, keeping: entity.spec)
    }
}

extension Entity {
    /// What a write answers, with the spec that its caller knows: the answer leaves out secrets, which a kind may need.
    fileprivate init(_ record: EntityRecord, keeping spec: Kind.Spec) throws {
        var complete = record
        complete.spec = try JSONValue(encoding: spec)
        try self.init(complete)
    }
}
