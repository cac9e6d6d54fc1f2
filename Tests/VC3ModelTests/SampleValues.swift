import VC3Model

extension [Field] {
    /// A value for each field.
    var sample: [String: JSONValue] { Dictionary(uniqueKeysWithValues: map { ($0.name, $0.sample) }) }
}

extension Field {
    /// A valid value that is not the default.
    var sample: JSONValue { allowed.last.map { .string($0) } ?? type.sample }
}

extension FieldType {
    fileprivate var sample: JSONValue {
        switch self {
        case .string: "text"
        case .mention: "text"
        case .reference: "some.name"
        case .word(let words): words.last.map { .string($0) } ?? ""
        case .integer(let range): .integer(Swift.min(Swift.max(range.lowerBound, 7), range.upperBound))
        case .boolean: true
        case .timestamp: "2026-01-31T12:00:00.000Z"
        case .list(let element): [element.sample, element.sample]
        case .map(let element): ["key": element.sample]
        case .object(let fields): .object(fields.sample)
        case .conditions:
            [
                [
                    "type": "Ready", "status": "false", "reason": "Word", "message": "A sentence.",
                    "since": "2026-01-31T12:00:00.000Z", "retryAt": "2026-01-31T12:01:00.000Z", "mender": "operator",
                ]
            ]
        case .any: ["free": 1]
        }
    }
}
