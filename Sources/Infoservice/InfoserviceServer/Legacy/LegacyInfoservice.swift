import InfoserviceAPI
import InfoserviceStore
import VC3Model

/// The entities as the original's clients know them: flat, by category, shared by the rules of `/v1`.
struct LegacyInfoservice: Sendable {
    /// Takes what the original took.
    let session: InfoserviceSession

    init(caller: Caller, engine: EntityStore) {
        session = InfoserviceSession(caller: caller, engine: engine, strictness: .lenient)
    }

    // MARK: Reading

    /// All entities of a category that the caller may see, by name. A category that nobody knows is empty.
    func document(_ key: String) async throws -> [String: JSONValue] {
        let view = try await relatives(of: key)
        var document: [String: JSONValue] = [:]
        for kind in FlatForm.kinds(of: key).reversed() {
            for record in try await session.records(kind).items {
                document[record.name] = .object(flat(record) { view[$0] })
            }
        }
        return document
    }

    /// - Throws: ``VC3Error`` `notFound`, `forbidden`.
    func entity(_ key: String, _ name: String) async throws -> [String: JSONValue] {
        guard let known = await find(name, in: key) else { throw Self.missing(name, in: key) }
        let record = try await session.record(known.kind, name)
        var view: [EntityKey: EntityRecord] = [:]
        for relative in Self.relatives(of: record) {
            view[relative] = try? await session.record(relative.kind, relative.name)
        }
        return flat(record) { [view] in view[$0] }
    }

    /// The entity of that name, whichever kind of the category it is.
    private func find(_ name: String, in key: String) async -> EntityKey? {
        for kind in FlatForm.kinds(of: key) where await session.engine.record(EntityKey(kind, name)) != nil {
            return EntityKey(kind, name)
        }
        return nil
    }

    /// What the derived attributes of a request are made from.
    private static func relatives(of record: EntityRecord) -> [EntityKey] {
        guard record.metadata.kind == .request else { return [] }
        let names = { (part: JSONValue, member: String) in
            (part[member]?.arrayValue ?? []).compactMap(\.stringValue)
        }
        return names(record.status, "pilotsets").map { EntityKey(.pilotset, $0) }
            + names(record.spec, "allocations").map { EntityKey(.allocation, $0) }
    }

    private func relatives(of key: String) async throws -> [EntityKey: EntityRecord] {
        guard key == FlatForm.key(of: .request) else { return [:] }
        let records = try await session.records(.pilotset).items + session.records(.allocation).items
        return Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) })
    }

    private func flat(_ record: EntityRecord, _ find: (EntityKey) -> EntityRecord?) -> [String: JSONValue] {
        let related = Self.relatives(of: record).compactMap(find)
        let relations = FlatForm.Relations(
            pilotSets: related.filter { $0.metadata.kind == .pilotset }.compactMap { try? Entity($0) },
            allocations: related.filter { $0.metadata.kind == .allocation }.compactMap { try? Entity($0) })
        return FlatForm.of(record.metadata.kind).flat(record, relations)
    }

    static func missing(_ name: String, in key: String) -> VC3Error {
        VC3Error(.notFound, "there is no entity \(name) in key \(key)")
    }

    // MARK: Writing

    /// Stores a new entity. Further members of `members` are merged into the entities of their names.
    func create(_ key: String, _ name: String, _ members: [String: JSONValue]) async throws {
        guard let own = members[name] else {
            throw VC3Error(.invalid, "data lacks the member \(name); it must be {\"\(name)\": {attributes}}")
        }
        var writes = [try await write(key, name, own, .create)]
        for (other, attributes) in members.sorted(by: { $0.key < $1.key }) where other != name {
            writes.append(try await write(key, other, attributes, .merge))
        }
        try await session.write(writes, as: .create)
    }

    /// Replaces the attributes that the entity's member has.
    func update(_ key: String, _ name: String, _ members: [String: JSONValue]) async throws {
        guard let own = members[name] else {
            throw VC3Error(.invalid, "data lacks the member \(name); it must be {\"\(name)\": {changed attributes}}")
        }
        // The original's clients ask for a pairing with an update, which its server always refused.
        let way: Way = key == FlatForm.key(of: .pairing) ? .merge : .update
        try await session.write([write(key, name, own, way)], as: .writeSpec)
    }

    func mergeDocument(_ key: String, _ members: [String: JSONValue]) async throws {
        var writes: [PartsWrite] = []
        for (name, attributes) in members.sorted(by: { $0.key < $1.key }) {
            writes.append(try await write(key, name, attributes, .merge))
        }
        try await session.write(writes, as: .writeSpec)
    }

    /// Makes the document be `members`: what is not among them, and the caller sees, is deleted.
    func replaceDocument(_ key: String, _ members: [String: JSONValue]) async throws {
        var writes: [PartsWrite] = []
        for (name, attributes) in members.sorted(by: { $0.key < $1.key }) {
            writes.append(try await write(key, name, attributes, .replace))
        }
        for kind in try kinds(of: key) {
            for record in try await session.records(kind).items where members[record.name] == nil {
                writes.append(Self.deletion(of: record.key))
            }
        }
        try await session.write(writes, as: .writeSpec)
    }

    func delete(_ key: String, _ name: String) async throws {
        guard let known = await find(name, in: key) else { throw Self.missing(name, in: key) }
        try await session.write([Self.deletion(of: known)], as: .delete)
    }

    private static func deletion(of key: EntityKey) -> PartsWrite {
        PartsWrite(key: key) { current, _ in
            guard current != nil else { throw missing(key.name, in: FlatForm.key(of: key.kind)) }
            return .delete
        }
    }

    private enum Way: Sendable { case create, update, merge, replace }

    private func write(
        _ key: String, _ name: String, _ attributes: JSONValue, _ way: Way
    ) async throws -> PartsWrite {
        guard let attributes = attributes.objectValue else {
            throw VC3Error(
                .invalid, "the entity \(name) is a \(attributes.typeName); needed is an object of attributes")
        }
        let category = try kinds(of: key)
        let known = await find(name, in: key)
        let entity = try known ?? EntityKey(LegacyKind.among(category, attributes, named: name), name)
        return PartsWrite(key: entity) { current, view in
            let taken = category.compactMap { view[EntityKey($0, name)] }.first
            // Two kinds share a category, and a name of one is a name of both.
            if way == .create || current == nil, let taken { throw InfoserviceSession.exists(taken) }
            if way == .update, current == nil { throw Self.missing(name, in: key) }
            let form = FlatForm.of(entity.kind)
            let access = AccessCheck(identity: session.identity, view: view)
            let shown = current.map { seen in flat(seen.shown) { view[$0].flatMap(access.seen) } } ?? [:]
            let change = try form.change(
                Self.wanted(attributes, shown, form, way), named: name, over: current?.whole, shown: shown)
            return .put(owner: change.owner, spec: change.spec, status: change.status, reported: change.reported)
        }
    }

    private func kinds(of key: String) throws -> [EntityKind] {
        let kinds = FlatForm.kinds(of: key)
        guard !kinds.isEmpty else {
            throw VC3Error(
                .invalid, "nothing can be stored in key \(key); the keys are \(FlatForm.keys.joined(separator: ", "))")
        }
        return kinds
    }

    /// The attributes that the entity is to have, by the way they were sent.
    private static func wanted(
        _ attributes: [String: JSONValue], _ shown: [String: JSONValue], _ form: FlatForm, _ way: Way
    ) -> [String: JSONValue] {
        switch way {
        case .create, .update: return attributes
        case .merge:
            return attributes.mapValues { $0 }.merging(shown) { sent, stored in stored.deepMerged(with: sent) }
                .filter { attributes[$0.key] != nil }
        case .replace:
            let absent = form.attributes.filter { attribute in
                switch attribute.place {
                case .spec, .time: attributes[attribute.name] == nil
                case .name, .owner, .status, .derived: false
                }
            }
            return attributes.merging(absent.map { ($0.name, .null) }) { sent, _ in sent }
        }
    }

    // MARK: Pairing

    /// The pairing of this code, with its certificate, once; then it is gone.
    ///
    /// - Returns: `nil` while there is no certificate, and for everybody but the one who asked for the pairing: whoever
    ///   guesses a code gets nothing.
    func collect(pairing code: String) async throws -> [String: JSONValue]? {
        let candidates = await session.engine.records(.pairing).items
        for record in candidates where record.spec["pairingcode"]?.stringValue == code {
            guard record.metadata.owner == session.identity.name,
                Rules.verdict(session.identity, may: .collect, .pairing, as: .owner) == .allowed,
                record.status["cert"]?.stringValue != nil
            else { continue }
            let last = try await session.engine.write(
                Mutation(record.key, by: session.author(of: .delete)) { current, _ in
                    guard current?.metadata.revision == record.metadata.revision else {
                        throw VC3Error(.conflict, "\(record.key) was collected or written meanwhile")
                    }
                    return .remove
                })
            return FlatForm.of(.pairing).flat(last)
        }
        return nil
    }
}
