import Foundation
import VC3Model

/// What another program wrote to a dump, as changes of the store.
struct DumpImport {
    /// Puts and removals, in no particular order; records as they shall be, but for revision and times.
    private(set) var puts: [EntityRecord] = []
    private(set) var removals: [EntityKey] = []
    /// Attributes that have no place here, by entity: derived ones, and secrets that the original kept in plain text.
    private(set) var left: [String] = []

    /// - Parameters:
    ///   - current: What the store holds, secrets open.
    ///   - shown: The flat forms that the last dump of ours showed of it, secrets sealed.
    /// - Throws: ``VC3Error`` `invalid` with a problem for each attribute that cannot be taken over.
    init(
        _ document: DumpDocument, over current: [EntityKey: EntityRecord], shown: [EntityKey: [String: JSONValue]]
    ) throws {
        var problems: [VC3Error.Problem] = []
        var seen: Set<EntityKey> = []
        for (word, entities) in document.entities.sorted(by: { $0.key < $1.key }) {
            for (name, entity) in entities.sorted(by: { $0.key < $1.key }) {
                guard let kind = Self.kind(of: entity, named: name, under: word, current) else {
                    left.append("\(word) \(name) (unknown key)")
                    continue
                }
                let key = EntityKey(kind, name)
                seen.insert(key)
                let flat = taken(entity.objectValue ?? [:], key, shown[key] ?? [:])
                do {
                    if let record = try Self.record(flat, key, over: current[key], shown: shown[key] ?? [:]) {
                        puts.append(record)
                    }
                } catch let error as VC3Error {
                    problems += error.problems.map { .init(field: "\(key): \($0.field)", problem: $0.problem) }
                }
            }
        }
        if !problems.isEmpty {
            throw VC3Error(.invalid, "the dump holds entities that cannot be taken over", problems: problems)
        }
        // What another entity of the same name hides was not in the dump, so it was not removed from it either.
        let hidden = Set(current.keys.filter { DumpRendering.isHidden($0, among: current.keys) })
        removals = current.keys.filter { !seen.contains($0) && !hidden.contains($0) }.sorted()
    }

    /// Node sets and node infos share a key; only the former have a role.
    private static func kind(
        of entity: JSONValue, named name: String, under word: String, _ current: [EntityKey: EntityRecord]
    ) -> EntityKind? {
        let kinds = FlatForm.kinds(of: word)
        guard kinds.count > 1 else { return kinds.first }
        if let known = kinds.first(where: { current[EntityKey($0, name)] != nil }) { return known }
        let isNodeset = ["app_type", "app_role", "node_number"].contains { entity[$0].map { !$0.isNull } ?? false }
        return isNodeset ? .nodeset : .nodeinfo
    }

    private mutating func taken(
        _ flat: [String: JSONValue], _ key: EntityKey, _ shown: [String: JSONValue]
    ) -> [String: JSONValue] {
        let form = FlatForm.of(key.kind)
        return flat.filter { attribute, value in
            if value.isNull || shown[attribute] == value { return true }
            switch form[attribute]?.place {
            case nil, .derived(.queues), .derived(.logins), .derived(.rawStatus), .derived(.secret),
                .derived(.accessList):
                left.append("\(key): \(attribute)")
                return false
            default: return true
            }
        }
    }

    /// `nil` when nothing changes.
    private static func record(
        _ flat: [String: JSONValue], _ key: EntityKey, over current: EntityRecord?, shown: [String: JSONValue]
    ) throws -> EntityRecord? {
        let schema = KindSchema.of(key.kind)
        let change = try FlatForm.of(key.kind).change(flat, named: key.name, over: current, shown: shown)
        let spec = schema.withDefaults(change.spec, part: .spec)
        let status = schema.withDefaults(change.status, part: .status)
        if let current, current.spec == spec, current.status == status { return nil }
        let advisory = Set(
            schema.advisoryProblems(in: spec, part: .spec) + schema.advisoryProblems(in: status, part: .status))
        var problems = (schema.problems(in: spec, part: .spec) + schema.problems(in: status, part: .status)).filter {
            !advisory.contains($0)
        }
        if let problem = EntityName.problem(with: key.name) { problems.append(.init(field: "name", problem: problem)) }
        if !problems.isEmpty { throw VC3Error(.invalid, "\(key) is not valid", problems: problems) }
        let owner = current?.metadata.owner ?? change.owner ?? (key.kind == .user ? key.name : "admin")
        let metadata =
            current?.metadata
            ?? EntityMetadata(
                kind: key.kind, name: key.name, revision: .zero, generation: 0, owner: owner,
                created: Timestamp(milliseconds: 0), updated: Timestamp(milliseconds: 0))
        var record = EntityRecord(metadata: metadata, spec: spec, status: status)
        if spec != current?.spec { record.metadata.generation += 1 }
        return record
    }
}

/// The flat forms of a store's entities as a dump has them.
enum DumpRendering {
    /// Whether the dump has no room for this entity, because another kind under the same key has one of this name.
    static func isHidden(_ key: EntityKey, among keys: some Collection<EntityKey>) -> Bool {
        key.kind == .nodeinfo && keys.contains(EntityKey(.nodeset, key.name))
    }

    static func document(of flats: [EntityKey: [String: JSONValue]]) -> [String: [String: JSONValue]] {
        var document: [String: [String: JSONValue]] = [:]
        for (key, flat) in flats
        where key.kind != .nodeinfo || flats[EntityKey(.nodeset, key.name)] == nil {
            document[FlatForm.key(of: key.kind), default: [:]][key.name] = .object(flat)
        }
        return document
    }
}
