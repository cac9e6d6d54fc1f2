/// What a field may hold.
public indirect enum FieldType: Sendable, Hashable {
    case string
    /// The name of another entity of this kind.
    case reference(EntityKind)
    /// The name that an entity of this kind has or had: it need not exist.
    case mention(EntityKind)
    /// One of these.
    case word([String])
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
        case .reference(let kind), .mention(let kind): "name of a \(kind.rawValue)"
        case .word(let words): "word: \(words.joined(separator: ", "))"
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
    /// Characters (Unicode scalars) that a text may have, each one when it is a list or an object of texts.
    public let longest: Int
    /// Never shown but to the roles that the kind's schema names.
    public let isSecret: Bool
    public let meaning: String

    public init(
        _ name: String, _ type: FieldType, required: Bool = false, default fallback: JSONValue = .null,
        allowed: [String] = [], longest: Int = SizeLimits.text, secret: Bool = false, _ meaning: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = required
        self.fallback = fallback
        self.allowed = allowed
        self.longest = longest
        self.isSecret = secret
        self.meaning = meaning
    }
}

/// What any entity may have at most, whatever its fields say.
public enum SizeLimits {
    /// Characters of one text.
    public static let text = 65_536
    /// Elements of a list, members of an object.
    public static let elements = 10_000
    /// Bytes of a whole spec or status, as JSON, unless its kind's schema says otherwise.
    public static let part = 1_048_576
    /// Characters of a revocation list in PEM form: some 300,000 certificates.
    public static let revocationList = 16_777_216
}
