/// Checks the batch options of an entity before it is stored, as far as it tells by itself which batch system gets them.
enum BatchCheck {
    /// - Parameter value: A spec of the right types.
    static func problems(in value: JSONValue, of kind: EntityKind) -> [VC3Error.Problem] {
        guard [.resource, .allocation, .nodeset, .pilotset].contains(kind) else { return [] }
        let options = (try? value["batch"]?.decoded(as: BatchOptions.self)) ?? BatchOptions()
        guard kind == .resource, let flavor = value["accessflavor"]?.stringValue.flatMap(BatchSystemFlavor.init(name:))
        else { return at("spec.batch", BatchOptions.problems(withTextsOf: options)) }
        let rules = BatchRules.of(flavor)
        let settings = (try? value["batchsettings"]?.decoded(as: [String: String].self)) ?? [:]
        return at("spec.batch", rules.problems(with: options))
            + at("spec.batchsettings", rules.problems(withSettings: settings))
    }

    private static func at(_ path: String, _ problems: [BatchProblem]) -> [VC3Error.Problem] {
        problems.map { .init(field: "\(path).\($0.member)", problem: $0.problem) }
    }
}
