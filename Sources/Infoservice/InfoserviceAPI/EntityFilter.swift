public import VC3Model

/// Which entities of a kind are wanted. Every condition that is set must hold; none set means all.
public struct EntityFilter: Sendable, Hashable {
    /// Owned by this user.
    public var owner: String?
    /// Of this project: the project itself, its members, its allocations, its requests, and what was made for these
    /// (pilot sets, pilots, head nodes, usage).
    public var project: String?
    /// Whose `status.state` is this word.
    public var state: String?
    /// Further attributes by name, compared with their text, e.g. `["resource": "midway"]`. An attribute of the spec
    /// comes before one of the status; a list or an object matches when it has this element or member.
    public var fields: [String: String]

    public init(owner: String? = nil, project: String? = nil, state: String? = nil, fields: [String: String] = [:]) {
        self.owner = owner
        self.project = project
        self.state = state
        self.fields = fields
    }

    /// No condition.
    public static let all = EntityFilter()

    /// Whether the conditions hold that a record alone decides: all but ``project``, which takes other records too.
    public func matchesAlone(_ record: EntityRecord) -> Bool {
        if let owner, record.metadata.owner != owner { return false }
        if let state, record.status["state"]?.stringValue != state { return false }
        return fields.allSatisfy { name, text in
            (record.spec[name] ?? record.status[name]).map { Self.matches($0, text) } ?? false
        }
    }

    private static func matches(_ value: JSONValue, _ text: String) -> Bool {
        switch value {
        case .null: false
        case .bool(let value): text == (value ? "true" : "false")
        case .integer(let value): text == String(value)
        case .number(let value): Double(text) == value
        case .string(let value): text == value
        case .array(let elements): elements.contains { matches($0, text) }
        case .object(let members): members[text] != nil
        }
    }
}

/// Which part of a long list is wanted.
public struct ListPage: Sendable, Hashable {
    /// The most that the answer may have; `nil`: everything.
    public var limit: Int?
    /// Where the page before ended: its ``RecordList/continuation``. Kind and filter must be the same again.
    public var continuation: String?

    public init(limit: Int? = nil, after continuation: String? = nil) {
        self.limit = limit
        self.continuation = continuation
    }

    /// Everything in one answer.
    public static let whole = ListPage()
}
