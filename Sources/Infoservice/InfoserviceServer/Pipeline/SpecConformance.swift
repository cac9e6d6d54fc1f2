import InfoserviceStore
import VC3Model

/// The condition on an entity whose spec was taken although parts of it mean nothing here, or not yet.
enum SpecConformance {
    static let condition = "SpecUnderstood"

    /// Sets the condition when there is something to say, and removes it when there no longer is.
    ///
    /// What a writer sent under its name is dropped. A lenient write looks for it; every write to an entity that has it
    /// looks again.
    static func note(
        in content: inout EntityContent, of kind: EntityKind, before: JSONValue?,
        strictness: EntityValidation.Strictness, view: StoreView, creating created: Set<EntityKey> = []
    ) {
        let earlier = before.flatMap(Self.stored)
        let sent = content.status["conditions"]?.arrayValue ?? []
        var conditions = sent.filter { $0["type"]?.stringValue != condition }
        if strictness == .lenient || earlier != nil, let found = found(in: content.spec, of: kind, view, created) {
            var found = found
            if let since = earlier?["since"] { found["since"] = since }
            conditions.append(found)
        }
        if conditions != sent { content.status["conditions"] = .array(conditions) }
    }

    private static func stored(in status: JSONValue) -> JSONValue? {
        status["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == condition }
    }

    private static func found(
        in spec: JSONValue, of kind: EntityKind, _ view: StoreView, _ created: Set<EntityKey>
    ) -> JSONValue? {
        let schema = KindSchema.of(kind)
        let values = schema.advisoryProblems(in: spec, part: .spec)
        let references = schema.spec.flatMap { field in
            missing(spec[field.name], field.type, at: field.name) { created.contains($0) || view[$0] != nil }
        }
        let problems = values.map { "\($0.field) \($0.problem)" } + references
        guard !problems.isEmpty else { return nil }
        return [
            "type": .string(condition), "status": "false",
            "reason": values.isEmpty ? "MissingReferences" : "UnknownValues",
            "message": .string(problems.joined(separator: "; ")), "since": .string(view.moment.description),
            "mender": "user",
        ]
    }

    private static func missing(
        _ value: JSONValue?, _ type: FieldType, at field: String, _ exists: (EntityKey) -> Bool
    ) -> [String] {
        switch (type, value) {
        case (.reference(let kind), .string(let name)) where !exists(EntityKey(kind, name)):
            ["spec.\(field) names the \(kind.rawValue) \(name), which does not exist"]
        case (.list(let element), .array(let items)): items.flatMap { missing($0, element, at: field, exists) }
        default: []
        }
    }

    /// The changes to entities that name one of `keys`, which a write creates: their conditions no longer miss it.
    static func changes(creating keys: Set<EntityKey>, in view: StoreView) -> [EntityChange] {
        let waiting = keys.flatMap { view.referrers(of: $0) }.filter { stored(in: $0.status) != nil }
        return Set(waiting).sorted { $0.key < $1.key }.map { record in
            var content = EntityContent(record)
            note(
                in: &content, of: record.metadata.kind, before: record.status, strictness: .lenient, view: view,
                creating: keys)
            return EntityChange(record.key, .put(content))
        }
    }
}
