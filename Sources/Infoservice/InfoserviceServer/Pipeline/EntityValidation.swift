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
        try refuse(
            problems(in: value, part: part, of: key.kind, strictness: strictness),
            "the \(part.rawValue) of \(key) is not valid")
        return stored(value, part: part, of: key.kind)
    }

    /// Everything that is wrong with a draft by itself.
    static func problems(in draft: EntityDraft, owner: String, strictness: Strictness) -> [VC3Error.Problem] {
        var problems: [VC3Error.Problem] = []
        if draft.kind == .user, owner != draft.name {
            let problem = "is \"\(owner)\"; a user owns their own entry, so it is \"\(draft.name)\""
            problems.append(.init(field: "owner", problem: problem))
        }
        if let problem = EntityName.problem(with: owner) { problems.append(.init(field: "owner", problem: problem)) }
        if let problem = EntityName.problem(with: draft.name) {
            problems.append(.init(field: "name", problem: problem))
        }
        if draft.kind == .request, strictness == .strict, draft.name.contains(".") {
            let problem = "contains a dot; the name of a request becomes part of host names and of names with dots"
            problems.append(.init(field: "name", problem: problem))
        }
        problems += self.problems(in: draft.spec, part: .spec, of: draft.kind, strictness: strictness)
        if draft.kind == .project { problems += ProjectChange.problems(in: draft.spec, owner: owner) }
        if draft.kind == .pairing { problems += PairingLifeCycle.problems(in: draft.spec) }
        return problems
    }

    /// Everything that is wrong with a spec or status by itself.
    static func problems(
        in value: JSONValue, part: KindSchema.Part, of kind: EntityKind, strictness: Strictness
    ) -> [VC3Error.Problem] {
        let schema = KindSchema.of(kind)
        let all = schema.problems(in: value, part: part)
        switch strictness {
        case .strict: return all
        case .lenient:
            let advisory = Set(schema.advisoryProblems(in: value, part: part))
            return all.filter { !advisory.contains($0) }
        }
    }

    /// Unset attributes are dropped, defaults filled in. Nobody is a member of a project twice.
    static func stored(_ value: JSONValue, part: KindSchema.Part, of kind: EntityKind) -> JSONValue {
        var members = (value.objectValue ?? [:]).filter { !$0.value.isNull }
        if kind == .project, case .array(let names)? = members["members"] {
            var seen: Set<JSONValue> = []
            members["members"] = .array(names.filter { seen.insert($0).inserted })
        }
        return KindSchema.of(kind).withDefaults(.object(members), part: part)
    }

    /// - Throws: ``VC3Error`` `invalid` with these problems, if there are any.
    static func refuse(_ problems: [VC3Error.Problem], _ message: String) throws {
        if !problems.isEmpty { throw VC3Error(.invalid, message, problems: problems) }
    }
}
