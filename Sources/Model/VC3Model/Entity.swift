/// A kind with typed content. `Spec` is what its owner wants; `Status` is what was observed.
public protocol EntityType: Sendable {
    static var kind: EntityKind { get }
    associatedtype Spec: Codable & Sendable & Equatable
    associatedtype Status: Codable & Sendable & Equatable
}

/// An entity with typed content.
///
/// The typed view leaves out attributes that no part of the system acts on (`description`, `url`, …);
/// they stay in the record.
public struct Entity<Kind: EntityType>: Sendable, Equatable {
    public var metadata: EntityMetadata
    public var spec: Kind.Spec
    public var status: Kind.Status

    public init(metadata: EntityMetadata, spec: Kind.Spec, status: Kind.Status) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    /// Fills in the schema's defaults first, so that an entity written by an older release still decodes.
    ///
    /// - Throws: ``VC3Error`` with code `internal` when the stored content does not fit its type.
    public init(_ record: EntityRecord) throws {
        let schema = KindSchema.of(Kind.kind)
        do {
            self.init(
                metadata: record.metadata,
                spec: try schema.withDefaults(record.spec, part: .spec).decoded(as: Kind.Spec.self),
                status: try schema.withDefaults(record.status, part: .status).decoded(as: Kind.Status.self))
        } catch {
            throw VC3Error(.internal, "stored \(record.key) does not fit its type", cause: error)
        }
    }

    public var name: String { metadata.name }
    public var key: EntityKey { metadata.key }
    public var isDeleting: Bool { metadata.deleting != nil }
}
