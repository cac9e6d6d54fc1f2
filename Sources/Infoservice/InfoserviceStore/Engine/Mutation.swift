public import VC3Model

/// The part of an entity that a write decides; the store itself writes the rest.
public struct EntityContent: Sendable, Equatable {
    public var owner: String
    public var spec: JSONValue
    public var status: JSONValue
    /// Whether deletion was asked for. Once set it stays.
    public var isDeleting: Bool

    public init(owner: String, spec: JSONValue, status: JSONValue, isDeleting: Bool = false) {
        self.owner = owner
        self.spec = spec
        self.status = status
        self.isDeleting = isDeleting
    }

    public init(_ record: EntityRecord) {
        self.init(
            owner: record.metadata.owner, spec: record.spec, status: record.status,
            isDeleting: record.metadata.deleting != nil)
    }
}

/// What one write does to its entity.
public enum Change: Sendable, Equatable {
    /// Creates or replaces. Content equal to what is stored makes no new revision.
    case put(EntityContent)
    case remove
}

/// What one write does to an entity that it names.
public struct EntityChange: Sendable, Equatable {
    public let key: EntityKey
    public let change: Change
    public init(_ key: EntityKey, _ change: Change) {
        self.key = key
        self.change = change
    }
}

/// One write: decides at its turn, seeing the latest state, and may refuse by throwing.
///
/// Deciding is quick and has no effects, because all writers wait for it.
public struct Mutation: Sendable {
    /// The entity that the write is about, and answers with.
    public let key: EntityKey
    public let author: Author
    /// What changes, in this order: all of it or nothing.
    public let decide: @Sendable (_ current: EntityRecord?, _ view: StoreView) throws -> [EntityChange]

    public init(
        _ key: EntityKey, by author: Author,
        decide: @escaping @Sendable (_ current: EntityRecord?, _ view: StoreView) throws -> Change
    ) {
        self.init(key, by: author, decidingAll: { [EntityChange(key, try decide($0, $1))] })
    }

    /// A write that changes several entities in one step.
    ///
    /// - Parameter decidingAll: The change of `key` is among what it returns.
    public init(
        _ key: EntityKey, by author: Author,
        decidingAll decide: @escaping @Sendable (_ current: EntityRecord?, _ view: StoreView) throws -> [EntityChange]
    ) {
        self.key = key
        self.author = author
        self.decide = decide
    }
}
