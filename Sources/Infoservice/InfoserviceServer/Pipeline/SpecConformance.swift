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
        strictness: EntityValidation.Strictness, view: StoreView
    ) {
        let earlier = before.flatMap(Self.stored)
        let sent = content.status["conditions"]?.arrayValue ?? []
        var conditions = sent.filter { $0["type"]?.stringValue != condition }
        if strictness == .lenient || earlier != nil, let found = found(in: content.spec, of: kind, view: view) {
            var found = found
            if let since = earlier?["since"] { found["since"] = since }
            conditions.append(found)
        }
        if conditions != sent { content.status["conditions"] = .array(conditions) }
    }

    private static func stored(in status: JSONValue) -> JSONValue? {
        status["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == condition }
    }

    private static func found(in spec: JSONValue, of kind: EntityKind, view: StoreView) -> JSONValue? {
        let schema = KindSchema.of(kind)
        let values = schema.advisoryProblems(in: spec, part: .spec)
        let references = schema.spec.flatMap { field in missing(spec[field.name], field.type, view, at: field.name) }
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
        _ value: JSONValue?, _ type: FieldType, _ view: StoreView, at field: String
    ) -> [String] {
        switch (type, value) {
        case (.reference(let kind), .string(let name)) where view[EntityKey(kind, name)] == nil:
            ["spec.\(field) names the \(kind.rawValue) \(name), which did not exist when this was written"]
        case (.list(let element), .array(let items)): items.flatMap { missing($0, element, view, at: field) }
        default: []
        }
    }
}
