import VC3Model

/// The original's text form of an entity: `ClassName( name=x state=new … )`.
///
/// Scripts take the second word and split it at `=` to get the name, and look for state words anywhere in the line;
/// so the name comes first and an entity never takes more than one line.
enum TextForm {
    /// Longer strings are shown as their first ``shownOfLong`` characters.
    static let longest = 80
    static let shownOfLong = 25

    static func line(for record: EntityRecord) -> String {
        let attributes = attributes(of: record.withoutSecrets).map { name, value in "\(name)=\(shown(value))" }
        return "\(className(record.metadata.kind))( \(attributes.joined(separator: " ")) )"
    }

    /// A value as the original printed it, which was as Python writes it.
    static func literal(_ value: JSONValue) -> String {
        switch value {
        case .null: return "None"
        case .bool(let flag): return flag ? "True" : "False"
        case .integer(let number): return String(number)
        case .number(let number): return String(number)
        case .string(let text): return quoted(text)
        case .array(let items): return "[" + items.map(literal).joined(separator: ", ") + "]"
        case .object(let members):
            let shown = members.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(literal($0.value))" }
            return "{" + shown.joined(separator: ", ") + "}"
        }
    }

    private static func shown(_ value: JSONValue) -> String {
        guard case .string(let text) = value else { return literal(value) }
        let oneLine = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n")
        return oneLine.count > longest ? oneLine.prefix(shownOfLong) + "... " : oneLine
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        // Python avoids escaped quotes where it can.
        if text.contains("'"), !text.contains("\"") { return "\"\(escaped)\"" }
        return "'\(escaped.replacing("'", with: "\\'"))'"
    }

    private static func className(_ kind: EntityKind) -> String {
        switch kind {
        case .privatetoken: "PrivateToken"
        case .pilotset: "PilotSet"
        case .pilotlog: "PilotLog"
        case .sitelogin: "SiteLogin"
        default: kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
        }
    }

    /// The original's attributes in its order, and then those that are new.
    private static func attributes(of record: EntityRecord) -> [(String, JSONValue)] {
        let form = FlatForm.of(record.metadata.kind)
        let values = form.flat(record)
        return form.attributes.map(\.name).filter { !notShown.contains($0) }
            .filter { record.metadata.kind != .user || $0 != "owner" }.map { ($0, values[$0] ?? .null) }
    }

    /// Shown by `request-explain` and in JSON: a line is no place for them.
    private static let notShown: Set<String> = ["conditions", "observed_generation", "timeline", "detail", "rotation"]
}
