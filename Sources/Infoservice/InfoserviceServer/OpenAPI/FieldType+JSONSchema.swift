import VC3Model

extension KindSchema {
    /// What a JSON Schema is about.
    enum Direction {
        /// What is taken: unset attributes may be absent or null.
        case request
        /// What is answered: nothing is null, secrets may be left out, and what came by the original's protocol may have
        /// texts outside the list of allowed ones.
        case answer
    }

    /// The JSON Schema (draft 2020-12) of a spec or status.
    func jsonSchema(of part: Part, in direction: Direction) -> JSONValue {
        Self.jsonSchema(of: fields(of: part), in: direction)
    }

    private static func jsonSchema(of fields: [Field], in direction: Direction) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields { properties[field.name] = field.jsonSchema(in: direction) }
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        let required = fields.filter { $0.isRequired && !(direction == .answer && $0.isSecret) }
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0.name) }) }
        return .object(schema)
    }

    fileprivate static func jsonSchema(of type: FieldType, longest: Int, in direction: Direction) -> JSONValue {
        switch type {
        case .string: return ["type": "string", "maxLength": .integer(longest)]
        case .reference, .mention: return name
        case .word(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
        case .integer(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .boolean: return ["type": "boolean"]
        case .timestamp: return ["type": "string", "format": "date-time"]
        case .list(let element):
            return [
                "type": "array", "maxItems": .integer(SizeLimits.elements),
                "items": jsonSchema(of: element, longest: longest, in: direction),
            ]
        case .map(let element):
            return [
                "type": "object", "maxProperties": .integer(SizeLimits.elements),
                "additionalProperties": jsonSchema(of: element, longest: longest, in: direction),
            ]
        // What is within an object is answered as it was taken.
        case .object(let fields): return jsonSchema(of: fields, in: .request)
        case .conditions:
            return [
                "type": "array", "maxItems": .integer(SizeLimits.elements),
                "items": jsonSchema(of: conditionFields, in: .request),
            ]
        case .any: return [:]
        }
    }

    /// A name of an entity.
    static let name: JSONValue = [
        "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "minLength": 1,
        "maxLength": .integer(EntityName.longest),
    ]

    /// One of the kinds.
    static let kindName: JSONValue = ["enum": .array(EntityKind.allCases.map { .string($0.rawValue) })]
}

extension Field {
    fileprivate func jsonSchema(in direction: KindSchema.Direction) -> JSONValue {
        var schema = KindSchema.jsonSchema(of: type, longest: longest, in: direction)
        var meaning = meaning
        if !allowed.isEmpty {
            meaning += " One of \(allowed.joined(separator: ", "))."
            if direction == .request { schema["enum"] = .array(allowed.map { .string($0) }) }
        }
        if direction == .request, !isRequired {
            // An attribute that is null is unset.
            if let word = schema["type"] { schema["type"] = [word, "null"] }
            if let words = schema["enum"]?.arrayValue { schema["enum"] = .array(words + [.null]) }
        }
        schema["description"] = .string(meaning)
        if !fallback.isNull { schema["default"] = fallback }
        if isSecret, direction == .request { schema["writeOnly"] = true }
        return schema
    }
}
