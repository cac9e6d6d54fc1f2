/// Finds what is longer than it may be.
enum SizeCheck {
    /// What is wrong with the size of a whole spec or status.
    static func problem(with value: JSONValue, largest: Int, at path: String) -> VC3Error.Problem? {
        let size = size(of: value)
        guard size > largest else { return nil }
        return .init(field: path, problem: "has \(size) bytes; at most \(largest) are taken")
    }

    /// Every text, list and object in a field's value that is too long.
    static func problems(in value: JSONValue, longest: Int, at path: String) -> [VC3Error.Problem] {
        switch value {
        case .string(let text):
            // Characters as JSON Schema counts them; there are never more than bytes.
            guard text.utf8.count > longest else { return [] }
            let size = text.unicodeScalars.count
            return size > longest
                ? [.init(field: path, problem: "has \(size) characters; at most \(longest) are taken")] : []
        case .array(let items):
            if let problem = tooMany(items.count, "elements", at: path) { return [problem] }
            return items.enumerated().flatMap { problems(in: $1, longest: longest, at: "\(path)[\($0)]") }
        case .object(let members):
            if let problem = tooMany(members.count, "members", at: path) { return [problem] }
            return members.sorted { $0.key < $1.key }
                .flatMap { problems(in: $0.value, longest: longest, at: "\(path).\($0.key)") }
        case .null, .bool, .integer, .number: return []
        }
    }

    private static func tooMany(_ count: Int, _ what: String, at path: String) -> VC3Error.Problem? {
        guard count > SizeLimits.elements else { return nil }
        return .init(field: path, problem: "has \(count) \(what); at most \(SizeLimits.elements) are taken")
    }

    /// About the bytes of the JSON text; escapes count as what they stand for.
    private static func size(of value: JSONValue) -> Int {
        switch value {
        case .null, .bool: 5
        case .integer, .number: 8
        case .string(let text): text.utf8.count + 3
        case .array(let items): items.reduce(2) { $0 + size(of: $1) }
        case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + 4 + size(of: $1.value) }
        }
    }
}
