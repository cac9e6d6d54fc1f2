import InfoserviceAPI
import VC3Model

/// Brings what a caller sent into the form that is stored, or says everything that is wrong with it.
enum EntityValidation {
    /// What is refused. Types, sizes and required fields always hold.
    enum Strictness: Sendable {
        /// All that is wrong.
        case strict
        /// As the original: texts outside the lists of allowed ones and references to what does not exist are taken. A
        /// condition on the entity says so.
        case lenient
    }

    /// Unset attributes are dropped, defaults filled in.
    ///
    /// - Throws: ``VC3Error`` `invalid` with a problem for each bad field.
    static func accepted(
        _ value: JSONValue, part: KindSchema.Part, of key: EntityKey, strictness: Strictness
    ) throws -> JSONValue {
        let schema = KindSchema.of(key.kind)
        let problems = problems(in: value, part: part, of: schema, strictness: strictness)
        guard problems.isEmpty else { throw invalid("the \(part.rawValue) of \(key) is not valid", problems) }
        let members = (value.objectValue ?? [:]).filter { !$0.value.isNull }
        return schema.withDefaults(.object(members), part: part)
    }

    /// As ``accepted(_:part:of:strictness:)`` for the spec of a draft, with the problems of its names along with those of its spec.
    static func accepted(_ draft: EntityDraft, owner: String, strictness: Strictness) throws -> JSONValue {
        let schema = KindSchema.of(draft.kind)
        var problems = problems(in: draft.spec, part: .spec, of: schema, strictness: strictness)
        if let problem = EntityName.problem(with: draft.name) {
            problems.insert(.init(field: "name", problem: problem), at: 0)
        }
        if let problem = EntityName.problem(with: owner) {
            problems.insert(.init(field: "owner", problem: problem), at: 0)
        }
        if draft.kind == .user, owner != draft.name {
            let problem = "is \"\(owner)\"; a user owns their own entry, so it is \"\(draft.name)\""
            problems.insert(.init(field: "owner", problem: problem), at: 0)
        }
        guard problems.isEmpty else { throw invalid("\(draft.kind.rawValue) \(draft.name) is not valid", problems) }
        return try accepted(
            draft.spec, part: .spec, of: EntityKey(draft.kind, draft.name), strictness: strictness)
    }

    private static func problems(
        in value: JSONValue, part: KindSchema.Part, of schema: KindSchema, strictness: Strictness
    ) -> [VC3Error.Problem] {
        let all = schema.problems(in: value, part: part)
        switch strictness {
        case .strict: return all
        case .lenient:
            let advisory = Set(schema.advisoryProblems(in: value, part: part))
            return all.filter { !advisory.contains($0) }
        }
    }

    private static func invalid(_ message: String, _ problems: [VC3Error.Problem]) -> VC3Error {
        VC3Error(.invalid, message, problems: problems)
    }
}
