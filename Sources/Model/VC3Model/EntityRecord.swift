/// What every entity has besides its content. Only the store writes these.
public struct EntityMetadata: Sendable, Hashable, Codable {
    public var kind: EntityKind
    public var name: String
    /// Of the last write to spec, status or metadata. Compare-and-set checks it.
    public var revision: Revision
    /// Counts changes of the spec: a status that names generation *n* has seen spec *n*.
    public var generation: Int
    /// The user name of the owner.
    public var owner: String
    public var created: Timestamp
    public var updated: Timestamp
    /// Set when deletion was asked for; the entity goes once its finalizing role has torn everything down.
    public var deleting: Timestamp?

    public init(
        kind: EntityKind, name: String, revision: Revision, generation: Int, owner: String, created: Timestamp,
        updated: Timestamp, deleting: Timestamp? = nil
    ) {
        self.kind = kind
        self.name = name
        self.revision = revision
        self.generation = generation
        self.owner = owner
        self.created = created
        self.updated = updated
        self.deleting = deleting
    }

    public var key: EntityKey { EntityKey(kind, name) }
}

/// An entity of any kind as the store and the wire see it.
///
/// On the wire metadata lies flat beside `spec` and `status`:
/// `{kind, name, revision, generation, owner, created, updated, deleting?, spec, status}`.
public struct EntityRecord: Sendable, Hashable, Codable {
    public var metadata: EntityMetadata
    public var spec: JSONValue
    public var status: JSONValue

    public init(metadata: EntityMetadata, spec: JSONValue, status: JSONValue) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    public var key: EntityKey { metadata.key }
    public var name: String { metadata.name }

    private enum Keys: String, CodingKey { case spec, status }

    public init(from decoder: any Decoder) throws {
        metadata = try EntityMetadata(from: decoder)
        let container = try decoder.container(keyedBy: Keys.self)
        spec = try container.decode(JSONValue.self, forKey: .spec)
        status = try container.decode(JSONValue.self, forKey: .status)
    }

    public func encode(to encoder: any Encoder) throws {
        try metadata.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(spec, forKey: .spec)
        try container.encode(status, forKey: .status)
    }
}
