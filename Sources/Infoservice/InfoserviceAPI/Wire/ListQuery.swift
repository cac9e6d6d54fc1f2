public import VC3Model

/// What a list asks for, as parameters of its address: `owner`, `project`, `state`, `field.<attribute>`, `limit`,
/// `continue`.
public struct ListQuery: Sendable, Hashable {
    public var filter: EntityFilter
    public var page: ListPage

    public init(filter: EntityFilter = .all, page: ListPage = .whole) {
        self.filter = filter
        self.page = page
    }

    /// What a field filter's parameter begins with.
    public static let fieldPrefix = "field."
    /// The most that one page may be asked to have.
    public static let longestPage = 10_000

    public var parameters: [(name: String, value: String)] {
        let plain: [(String, String?)] = [
            ("owner", filter.owner), ("project", filter.project), ("state", filter.state),
        ]
        let fields = filter.fields.sorted { $0.key < $1.key }.map { (Self.fieldPrefix + $0.key, Optional($0.value)) }
        let paging: [(String, String?)] = [("limit", page.limit.map(String.init)), ("continue", page.continuation)]
        return (plain + fields + paging).compactMap { name, value in value.map { (name, $0) } }
    }

    /// - Throws: ``VC3Error`` `invalid` naming each parameter that is wrong.
    public init(parameters: [(name: String, value: String)], of kind: EntityKind) throws {
        self.init()
        var problems: [VC3Error.Problem] = []
        var seen: Set<String> = []
        for (name, value) in parameters {
            if let problem = take(name, value, of: kind) ?? (seen.insert(name).inserted ? nil : "is given twice") {
                problems.append(.init(field: name, problem: problem))
            }
        }
        guard problems.isEmpty else { throw VC3Error(.invalid, "this cannot be listed", problems: problems) }
    }

    /// - Returns: What is wrong with it.
    private mutating func take(_ name: String, _ value: String, of kind: EntityKind) -> String? {
        switch name {
        case "owner": filter.owner = value
        case "project": filter.project = value
        case "state": filter.state = value
        case "continue": page.continuation = value
        case "limit":
            guard let limit = Int(value), (1...Self.longestPage).contains(limit) else {
                return "is '\(value)'; needed is a number from 1 to \(Self.longestPage)"
            }
            page.limit = limit
        default:
            let known = ["owner", "project", "state", "limit", "continue"]
            guard name.hasPrefix(Self.fieldPrefix) else {
                return "is not known here; there are \(known.joined(separator: ", ")) and field.<attribute>"
            }
            return takeField(String(name.dropFirst(Self.fieldPrefix.count)), value, of: kind)
        }
        return nil
    }

    private mutating func takeField(_ attribute: String, _ value: String, of kind: EntityKind) -> String? {
        let schema = KindSchema.of(kind)
        let fields = schema.fields(of: .spec) + schema.fields(of: .status)
        guard let field = fields.first(where: { $0.name == attribute }) else {
            let hint = NearestName.to(attribute, among: fields.map(\.name)).map { "; did you mean \($0)?" } ?? ""
            return "names no attribute of a \(kind.rawValue)" + hint
        }
        if field.isSecret { return "is secret; nothing is looked up by it" }
        filter.fields[attribute] = value
        return nil
    }
}
