import VC3Model

/// Finds entities by what they say, without looking at all of them: by kind in order, by owner, by what they name.
struct EntityIndex: Sendable {
    private(set) var names: [EntityKind: SortedNames] = [:]
    private var owned: [EntityKind: [String: Set<String>]] = [:]
    private var referrers: [EntityKey: [EntityKind: Set<String>]] = [:]
    private var people: [String: [String: ProjectRole]] = [:]

    init(_ contents: [EntityKind: [String: EntityRecord]] = [:]) {
        for (kind, records) in contents {
            names[kind] = SortedNames(records.keys)
            for record in records.values { add(record) }
        }
    }

    /// Takes over a change. Costs nothing but a comparison when only the status is another one.
    mutating func replace(_ old: EntityRecord?, by new: EntityRecord?) {
        if let old, let new, old.metadata.generation == new.metadata.generation,
            old.metadata.owner == new.metadata.owner, old.metadata.created == new.metadata.created
        {
            return
        }
        if let old { remove(old) }
        if let new { add(new) }
        if old == nil, let new { names[new.metadata.kind, default: SortedNames()].insert(new.name) }
        if new == nil, let old { names[old.metadata.kind]?.remove(old.name) }
    }

    /// Names of the entities of a kind that a user owns.
    func names(of kind: EntityKind, ownedBy owner: String) -> Set<String> { owned[kind]?[owner] ?? [] }

    /// Names of the entities of a kind whose spec names this one.
    func names(of kind: EntityKind, naming key: EntityKey) -> Set<String> { referrers[key]?[kind] ?? [] }

    /// The people of a project; `nil` when there is no such project.
    func people(of project: String) -> [String: ProjectRole]? { people[project] }

    private mutating func add(_ record: EntityRecord) {
        let kind = record.metadata.kind
        owned[kind, default: [:]][record.metadata.owner, default: []].insert(record.name)
        for link in KindSchema.of(kind).links(in: record.spec) {
            referrers[link.target, default: [:]][kind, default: []].insert(record.name)
        }
        if kind == .project { people[record.name] = Project.people(of: record) }
    }

    private mutating func remove(_ record: EntityRecord) {
        let kind = record.metadata.kind
        owned[kind]?[record.metadata.owner]?.remove(record.name)
        if owned[kind]?[record.metadata.owner]?.isEmpty == true { owned[kind]?[record.metadata.owner] = nil }
        for link in KindSchema.of(kind).links(in: record.spec) {
            referrers[link.target]?[kind]?.remove(record.name)
            if referrers[link.target]?[kind]?.isEmpty == true { referrers[link.target]?[kind] = nil }
            if referrers[link.target]?.isEmpty == true { referrers[link.target] = nil }
        }
        if kind == .project { people[record.name] = nil }
    }
}
