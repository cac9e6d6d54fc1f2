import VC3Model

extension KindSchema {
    /// The JSON Schema (draft 2020-12) of a spec or status as the server takes it: unset attributes may be absent or null.
    func jsonSchema(of part: Part) -> JSONValue { Self.jsonSchema(of: fields(of: part)) }

    private static func jsonSchema(of fields: [Field]) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields { properties[field.name] = field.jsonSchema }
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    fileprivate static func jsonSchema(of type: FieldType, longest: Int, allowed: [String]) -> JSONValue {
        switch type {
        case .string:
            if !allowed.isEmpty { return ["type": "string", "enum": .array(allowed.map { .string($0) })] }
            return ["type": "string", "maxLength": .integer(longest)]
        case .reference, .mention: return name
        case .word(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
        case .integer(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .boolean: return ["type": "boolean"]
        case .timestamp: return ["type": "string", "format": "date-time"]
        case .list(let element):
            return [
                "type": "array", "maxItems": .integer(SizeLimits.elements),
                "items": jsonSchema(of: element, longest: longest, allowed: []),
            ]
        case .map(let element):
            return [
                "type": "object", "maxProperties": .integer(SizeLimits.elements),
                "additionalProperties": jsonSchema(of: element, longest: longest, allowed: []),
            ]
        case .object(let fields): return jsonSchema(of: fields)
        case .conditions:
            return [
                "type": "array", "maxItems": .integer(SizeLimits.elements), "items": jsonSchema(of: conditionFields),
            ]
        case .any: return [:]
        }
    }

    /// A name of an entity.
    static let name: JSONValue = [
        "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "minLength": 1,
        "maxLength": .integer(EntityName.longest),
    ]
}

extension Field {
    fileprivate var jsonSchema: JSONValue {
        var schema = KindSchema.jsonSchema(of: type, longest: longest, allowed: allowed)
        if !isRequired {
            // An attribute that is null is unset.
            if let word = schema["type"] { schema["type"] = [word, "null"] }
            if let words = schema["enum"]?.arrayValue { schema["enum"] = .array(words + [.null]) }
        }
        schema["description"] = .string(meaning)
        if !fallback.isNull { schema["default"] = fallback }
        if isSecret { schema["writeOnly"] = true }
        return schema
    }
}
