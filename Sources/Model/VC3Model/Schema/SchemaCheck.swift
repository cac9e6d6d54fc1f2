/// Compares JSON with fields and reports every problem at once.
enum SchemaCheck {
    /// Problems reported of one list, map or object: a body full of mistakes costs no more than one with some.
    private static let most = 100

    static func problems(in value: JSONValue, fields: [Field], at path: String) -> [VC3Error.Problem] {
        guard case .object(let members) = value else {
            return [.init(field: path, problem: "is \(value.typeName); an object is needed")]
        }
        var found: [VC3Error.Problem] = []
        let unknown = members.keys.filter { name in !fields.contains { $0.name == name } }
        for name in unknown.sorted().prefix(most) {
            let hint = NearestName.to(name, among: fields.map(\.name)).map { "; did you mean \($0)?" } ?? ""
            found.append(.init(field: "\(path).\(name)", problem: "is not a known attribute" + hint))
        }
        for field in fields {
            guard let member = members[field.name], !member.isNull else {
                if field.isRequired { found.append(.init(field: "\(path).\(field.name)", problem: "is required")) }
                continue
            }
            let fieldPath = "\(path).\(field.name)"
            let wrong = problems(in: member, type: field.type, at: fieldPath)
            found +=
                wrong.isEmpty ? SizeCheck.problems(in: member, longest: field.longest, at: fieldPath) : wrong
            if let problem = problem(with: member, outside: field.allowed, at: fieldPath) { found.append(problem) }
        }
        return found
    }

    /// - Parameter allowed: Empty allows every text.
    static func problem(with value: JSONValue, outside allowed: [String], at path: String) -> VC3Error.Problem? {
        guard !allowed.isEmpty, let text = value.stringValue, !allowed.contains(text) else { return nil }
        return .init(field: path, problem: "is \"\(text)\"; allowed are \(allowed.joined(separator: ", "))")
    }

    private static func problems(in value: JSONValue, type: FieldType, at path: String) -> [VC3Error.Problem] {
        switch (type, value) {
        case (.any, _), (.string, .string), (.boolean, .bool):
            return []
        case (.reference, .string(let name)), (.mention, .string(let name)):
            return EntityName.problem(with: name).map { [.init(field: path, problem: $0)] } ?? []
        case (.word(let words), .string(let text)):
            return words.contains(text)
                ? [] : [.init(field: path, problem: "is \"\(text)\"; allowed are \(words.joined(separator: ", "))")]
        case (.timestamp, .string(let text)):
            return Timestamp(text) == nil
                ? [.init(field: path, problem: "is \"\(text)\"; needed is a \(type.word)")] : []
        case (.integer(let range), .integer(let number)):
            return range.contains(number)
                ? [] : [.init(field: path, problem: "is \(number); needed is an \(type.word)")]
        case (.list(let element), .array(let items)):
            return first(of: items.enumerated()) { problems(in: $1, type: element, at: "\(path)[\($0)]") }
        case (.map(let element), .object(let members)):
            return first(of: members.sorted { $0.key < $1.key }) {
                problems(in: $0.value, type: element, at: "\(path).\($0.key)")
            }
        case (.object(let fields), .object):
            return problems(in: value, fields: fields, at: path)
        case (.conditions, .array(let items)):
            return first(of: items.enumerated()) {
                problems(in: $1, fields: KindSchema.conditionFields, at: "\(path)[\($0)]")
            }
        default:
            return [.init(field: path, problem: "is \(value.typeName); needed is a \(type.word)")]
        }
    }
}

extension SchemaCheck {
    private static func first<Element>(
        of elements: some Sequence<Element>, _ check: (Element) -> [VC3Error.Problem]
    ) -> [VC3Error.Problem] {
        var found: [VC3Error.Problem] = []
        for element in elements where found.count < most { found += check(element) }
        return found
    }
}

/// Finds what a mistyped word most likely meant.
public enum NearestName {
    /// The closest of `candidates` within two edits (Levenshtein distance), if any.
    public static func to(_ word: String, among candidates: some Sequence<String>) -> String? {
        // Words whose lengths differ by more are further apart; looking would take as long as the longer one is.
        candidates.filter { abs($0.unicodeScalars.count - word.unicodeScalars.count) <= 2 }
            .map { ($0, distance(word, $0)) }.filter { $0.1 <= 2 }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substitution = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
