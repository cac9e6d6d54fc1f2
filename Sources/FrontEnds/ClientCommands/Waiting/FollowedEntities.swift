import VC3Model

/// What is known of the followed kinds at one moment.
struct FollowedEntities: Sendable {
    var records: [EntityKey: EntityRecord] = [:]
    var moment: Timestamp

    func entity<Kind: EntityType>(_ type: Kind.Type, _ name: String) throws -> Entity<Kind>? {
        try records[EntityKey(Kind.kind, name)].map { try Entity($0) }
    }

    func entities<Kind: EntityType>(_ type: Kind.Type) throws -> [Entity<Kind>] {
        try records.values.filter { $0.metadata.kind == Kind.kind }.sorted { $0.name < $1.name }.map { try Entity($0) }
    }
}

/// What following has come to.
enum FollowingDecision: Sendable, Equatable {
    case met
    /// Not yet; the text says what it is waiting for.
    case pending(String)
}
