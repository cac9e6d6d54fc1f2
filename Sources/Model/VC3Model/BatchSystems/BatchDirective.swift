/// One directive of `submitargs`, as options of a submit command are written: `--name=value`, `--name value`, `-n value`,
/// `--name`.
public struct BatchDirective: Sendable, Hashable {
    /// With its dashes.
    public let name: String
    public let value: String?
    /// The words of the submit command that it is.
    public let words: [String]

    public init(_ text: String) {
        let end = text.firstIndex { $0 == " " || ($0 == "=" && text.hasPrefix("--")) }
        name = end.map { String(text[..<$0]) } ?? text
        value = end.map { String(text[text.index(after: $0)...].drop { $0 == " " }) }
        words = end.map { text[$0] == "=" } == true ? [text] : [name] + [value].compactMap { $0 }
    }
}

extension BatchRules.Directives {
    /// What is wrong with a directive; `nil` when it may be passed on.
    func problem(with text: String, _ flavor: BatchSystemFlavor) -> String? {
        switch self {
        case .none: "is \"\(text)\", and \(flavor.title) takes no directives"
        case .options(let withValue, let alone, let own):
            Self.problem(BatchDirective(text), withValue, alone, own, flavor)
        case .lines(let known, let own): Self.problem(line: text, known, own)
        }
    }

    private static func problem(
        _ directive: BatchDirective, _ withValue: Set<String>, _ alone: Set<String>, _ own: Set<String>,
        _ flavor: BatchSystemFlavor
    ) -> String? {
        let command = flavor.submitCommand ?? flavor.title
        let name = directive.name
        if own.contains(name) { return "is \(name), which VC3 sets itself" }
        switch directive.value {
        case nil:
            if alone.contains(name) { return nil }
            if withValue.contains(name) { return "is \(name) without its value; write it into the same element" }
        case let value?:
            if alone.contains(name), !withValue.contains(name) { return "is \(name) with a value, and it takes none" }
            if withValue.contains(name) {
                if value.isEmpty { return "is \(name) with an empty value" }
                return value.hasPrefix("-") && !isNumber(value)
                    ? "is \(name) with a value that begins with '-', which would make it another option" : nil
            }
        }
        if !name.hasPrefix("-") { return "is \"\(name)\", which is no option of \(command)" }
        let hint = NearestName.to(name, among: withValue.union(alone).sorted()).map { "; did you mean \($0)?" } ?? ""
        return "is \(name), which is no option of \(command) that can be passed on\(hint)"
    }

    /// Such as the value of `--nice=-5`.
    private static func isNumber(_ text: String) -> Bool { Int(text) != nil }

    private static func problem(line: String, _ known: Set<String>, _ own: Set<String>) -> String? {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard parts.count == 2, !parts[1].isEmpty else { return "is \"\(line)\"; a line is NAME = VALUE" }
        if parts[1].hasSuffix("\\") { return "ends with a backslash, which would join the next line to it" }
        let name = parts[0].lowercased()
        for prefix in ["+", "my."] where name.hasPrefix(prefix) {
            let attribute = String(name.dropFirst(prefix.count))
            guard attribute.utf8.first.map({ !("0"..."9").contains(Character(Unicode.Scalar($0))) }) == true,
                attribute.unicodeScalars.allSatisfy({ BatchRules.isPlain($0) && $0 != "." && $0 != "-" })
            else { return "is \"\(parts[0])\", which is no name of an attribute" }
            return BatchRules.condorAttributesOfVC3.contains(attribute)
                ? "is the attribute \(parts[0]), which VC3 sets itself" : nil
        }
        if own.contains(name) { return "is \(parts[0]), which VC3 sets itself" }
        if known.contains(name) { return nil }
        let hint = NearestName.to(name, among: known.sorted()).map { "; did you mean \($0)?" } ?? ""
        return "is \(parts[0]), which is no command of a submit description that can be passed on\(hint)"
    }
}
