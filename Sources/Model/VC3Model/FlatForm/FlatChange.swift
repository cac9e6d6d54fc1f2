/// What a flat form asks for.
public struct FlatChange: Sendable, Equatable {
    /// `nil`: not said.
    public var owner: String?
    public var spec: JSONValue
    public var status: JSONValue
    /// The attributes of the status that it changes.
    public var reported: [String]
}

extension FlatForm {
    /// What writing `flat` over an entity means: attributes that are there replace, absent ones stay.
    ///
    /// An attribute that says what the writer was shown is left alone, so writing back what was read changes nothing,
    /// also where a secret was left out. A status attribute of a new entity in its initial state is left alone too: the
    /// original's clients send whole entities. Numbers and booleans written as text, and whole numbers for text, are
    /// taken as the original's clients meant them.
    ///
    /// - Parameters:
    ///   - current: The whole entity; `nil` for a new one.
    ///   - shown: The flat form that the writer sees of `current`; empty for a new one.
    /// - Throws: ``VC3Error`` `invalid` with a problem for each attribute that cannot be written.
    public func change(
        _ flat: [String: JSONValue], named name: String, over current: EntityRecord?, shown: [String: JSONValue]
    ) throws(VC3Error) -> FlatChange {
        let schema = KindSchema.of(kind)
        var change = FlatChange(
            spec: current?.spec ?? [:], status: current?.status ?? schema.withDefaults([:], part: .status), reported: []
        )
        var problems: [VC3Error.Problem] = []
        for (attribute, value) in flat.sorted(by: { $0.key < $1.key }) where shown[attribute] != value {
            guard let place = self[attribute]?.place else {
                // The original's clients send null for what they do not use.
                if !value.isNull { problems.append(unknown(attribute)) }
                continue
            }
            switch place {
            case .name:
                if !value.isNull, value != .string(name) {
                    problems.append(.init(field: attribute, problem: "differs from the entity's name, '\(name)'"))
                }
            case .owner:
                if let problem = setOwner(value, of: &change, current: current) { problems.append(problem) }
            case .spec(let field), .time(let field):
                change.spec.set(field, converted(value, schema.spec, field))
            case .status(let field):
                let value = converted(value, schema.status, field)
                if current == nil ? isInitial(value, field, schema) : isHabit(attribute, value, flat) { continue }
                change.status.set(field, value)
                change.reported.append(attribute)
            case .derived(let derivation):
                if let problem = setDerived(derivation, attribute, value, of: &change, current: current) {
                    problems.append(problem)
                }
            }
        }
        guard problems.isEmpty else {
            throw VC3Error(.invalid, "\(kind.rawValue) \(name) is not valid", problems: problems)
        }
        return change
    }

    private func unknown(_ attribute: String) -> VC3Error.Problem {
        let hint = NearestName.to(attribute, among: attributes.map(\.name)).map { "; did you mean \($0)?" } ?? ""
        return .init(field: attribute, problem: "is not a known attribute" + hint)
    }

    private func isInitial(_ value: JSONValue, _ field: String, _ schema: KindSchema) -> Bool {
        value.isNull || value == schema.status.first { $0.name == field }?.fallback
            || (field == "state_reason" && value == "new")
    }

    /// Who asks for a validation again sets the state back, because the original looked at both.
    private func isHabit(_ attribute: String, _ value: JSONValue, _ flat: [String: JSONValue]) -> Bool {
        kind == .allocation && attribute == "state" && value == "configured" && flat["action"] == "validate"
    }

    private func setOwner(
        _ value: JSONValue, of change: inout FlatChange, current: EntityRecord?
    ) -> VC3Error.Problem? {
        switch value {
        case .null: return nil
        case .string(let owner) where current == nil: change.owner = owner
        case .string: return .init(field: "owner", problem: "never changes")
        default: return .init(field: "owner", problem: "is \(value.typeName); needed is a string")
        }
        return nil
    }

    private func setDerived(
        _ derivation: FlatAttribute.Derivation, _ attribute: String, _ value: JSONValue, of change: inout FlatChange,
        current: EntityRecord?
    ) -> VC3Error.Problem? {
        if value.isNull { return nil }
        switch derivation {
        case .validation where value == "validate":
            let observed = change.status["validate_observed"]?.intValue ?? 0
            let asked = change.spec["validate"]?.intValue ?? 0
            if asked <= observed { change.spec.set("validate", .integer(max(asked, observed) + 1)) }
            return nil
        case .validation where value == "new": return nil
        case .validation: return .init(field: attribute, problem: "must be validate, new or null")
        case .encoding where value == "base64": return nil
        case .encoding: return .init(field: attribute, problem: "is always base64")
        case .secret:
            return .init(
                field: attribute, problem: "is not kept here; store the secret as a private token (key=privatetoken)")
        case .accessList:
            return .init(field: attribute, problem: "has no effect; who may do what follows from roles and owners")
        case .queues, .logins, .rawStatus:
            return .init(field: attribute, problem: "is derived from the request's pilot sets; nobody writes it")
        }
    }

    private func converted(_ value: JSONValue, _ fields: [Field], _ name: String) -> JSONValue {
        switch (fields.first { $0.name == name }?.type, value) {
        case (.integer, .string(let text)): Int(text).map { .integer($0) } ?? value
        case (.string, .integer(let number)), (.reference, .integer(let number)): .string(String(number))
        case (.boolean, .integer(0)), (.boolean, .string("0")): false
        case (.boolean, .integer(1)), (.boolean, .string("1")): true
        case (.boolean, .string(let text)) where ["true", "yes", "on"].contains(text.lowercased()): true
        case (.boolean, .string(let text)) where ["false", "no", "off"].contains(text.lowercased()): false
        default: value
        }
    }
}

extension JSONValue {
    /// Sets a member; null removes it.
    fileprivate mutating func set(_ name: String, _ value: JSONValue) {
        self[name] = value.isNull ? JSONValue?.none : value
    }
}
