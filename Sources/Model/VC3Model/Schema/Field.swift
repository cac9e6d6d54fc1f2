/// What a field may hold.
public indirect enum FieldType: Sendable, Hashable {
    case string
    /// The name of another entity of this kind.
    case reference(EntityKind)
    case integer(ClosedRange<Int>)
    case boolean
    case timestamp
    case list(FieldType)
    case map(FieldType)
    case object([Field])
    case conditions
    /// Free JSON, checked by its reader.
    case any

    /// The word for this type in an error message.
    public var word: String {
        switch self {
        case .string: "string"
        case .reference(let kind): "name of a \(kind.rawValue)"
        case .integer(let range): "integer from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "boolean"
        case .timestamp: "time such as 2026-01-31T12:00:00Z"
        case .list(let element): "list of \(element.word)"
        case .map(let element): "object whose members are each a \(element.word)"
        case .object, .conditions: "object"
        case .any: "any value"
        }
    }
}

/// One attribute of a kind: its name, type, rule and meaning. Validation, documentation and defaults all come from here.
public struct Field: Sendable, Hashable {
    public let name: String
    public let type: FieldType
    /// Must be given and must not be null.
    public let isRequired: Bool
    /// Filled in when absent; `null` means that the attribute may stay unset.
    public let fallback: JSONValue
    /// When not empty, the only strings allowed.
    public let allowed: [String]
    /// Never shown but to the roles that the kind's schema names.
    public let isSecret: Bool
    public let meaning: String

    public init(
        _ name: String, _ type: FieldType, required: Bool = false, default fallback: JSONValue = .null,
        allowed: [String] = [], secret: Bool = false, _ meaning: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = required
        self.fallback = fallback
        self.allowed = allowed
        self.isSecret = secret
        self.meaning = meaning
    }
}
