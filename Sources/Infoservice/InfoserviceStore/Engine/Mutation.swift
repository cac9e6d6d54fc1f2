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

/// The store as a write finds it at its turn, writes that are committed together with it included.
public struct StoreView {
    var contents: [EntityKind: [String: EntityRecord]]
    var pending: [EntityKey: EntityRecord?] = [:]

    public subscript(key: EntityKey) -> EntityRecord? {
        if let change = pending[key] { return change }
        return contents[key.kind]?[key.name]
    }
}

/// One write: decides at its turn, seeing the latest state, and may refuse by throwing.
///
/// Deciding is quick and has no effects, because all writers wait for it.
public struct Mutation: Sendable {
    public let key: EntityKey
    public let author: Author
    public let decide: @Sendable (_ current: EntityRecord?, _ view: StoreView) throws -> Change

    public init(
        _ key: EntityKey, by author: Author,
        decide: @escaping @Sendable (_ current: EntityRecord?, _ view: StoreView) throws -> Change
    ) {
        self.key = key
        self.author = author
        self.decide = decide
    }
}
