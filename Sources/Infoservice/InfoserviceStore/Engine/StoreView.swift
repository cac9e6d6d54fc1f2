public import VC3Model

/// The store at one moment: as a write finds it at its turn, writes that are committed together with it included; or as
/// it was at an earlier revision.
public struct StoreView {
    private let contents: [EntityKind: [String: EntityRecord]]
    let index: EntityIndex
    /// What differs from `contents`; `nil` for what is not there.
    private(set) var differences: [EntityKind: [String: EntityRecord?]] = [:]

    /// When it was taken; of a write, when it happens.
    public let moment: Timestamp

    init(contents: [EntityKind: [String: EntityRecord]], index: EntityIndex, moment: Timestamp) {
        self.contents = contents
        self.index = index
        self.moment = moment
    }

    public subscript(key: EntityKey) -> EntityRecord? {
        if let change = differences[key.kind]?[key.name] { return change }
        return contents[key.kind]?[key.name]
    }

    /// Makes the view show this instead; `nil` for nothing.
    mutating func set(_ key: EntityKey, _ record: EntityRecord?) {
        differences[key.kind, default: [:]].updateValue(record, forKey: key.name)
    }

    /// Entities whose spec names this one, in order.
    public func referrers(of key: EntityKey) -> [EntityRecord] {
        KindSchema.kinds(naming: key.kind).flatMap { referrers(of: key, $0) }
    }

    /// Entities of one kind whose spec names this one, by name.
    public func referrers(of key: EntityKey, _ kind: EntityKind) -> [EntityRecord] {
        names(of: kind, naming: key).sorted().compactMap { self[EntityKey(kind, $0)] }
    }

    /// Names of the entities of a kind whose spec names this one.
    func names(of kind: EntityKind, naming key: EntityKey) -> Set<String> {
        let schema = KindSchema.of(kind)
        return adjusted(index.names(of: kind, naming: key), kind) { record in
            schema.links(in: record.spec).contains { $0.target == key }
        }
    }

    /// Names of the entities of a kind that a user owns.
    func names(of kind: EntityKind, ownedBy owner: String) -> Set<String> {
        adjusted(index.names(of: kind, ownedBy: owner), kind) { $0.metadata.owner == owner }
    }

    /// The people of a project; none when there is no such project.
    func people(of project: String) -> [String: ProjectRole] {
        if let change = differences[.project]?[project] { return change.map(Project.people(of:)) ?? [:] }
        return index.people(of: project) ?? [:]
    }

    private func adjusted(_ names: Set<String>, _ kind: EntityKind, _ isOne: (EntityRecord) -> Bool) -> Set<String> {
        guard let changes = differences[kind] else { return names }
        var names = names
        for (name, change) in changes {
            if change.map(isOne) == true { names.insert(name) } else { names.remove(name) }
        }
        return names
    }
}
