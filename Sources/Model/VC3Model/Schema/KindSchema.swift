/// Everything that is fixed about a kind: its fields, who writes which part, and who must finish its deletion.
public struct KindSchema: Sendable {
    public enum Part: String, Sendable { case spec, status }

    public let kind: EntityKind
    public let purpose: String
    public let spec: [Field]
    public let status: [Field]
    /// Roles that may write the spec. `.user` means the entity's owner; admins may write every spec that users may. `.admin`
    /// alone: made and deleted by admins, and never changed.
    public let specWriters: Set<Role>
    /// Roles that may write the status: one part of the system for each kind.
    public let statusWriters: Set<Role>
    /// Roles that may see secret fields.
    public let secretReaders: Set<Role>
    /// The role that tears down what the entity stands for before it goes; `nil`: deletion is immediate.
    public let finalizer: Role?
    /// Bytes of the status, as JSON.
    public let largestStatus: Int
    /// Roles that delete entities whose time is over, beside those who write the spec.
    public let deleters: Set<Role>
    /// Whether any field is secret.
    public let hasSecrets: Bool
    /// The fields of the spec that name other entities.
    let linkFields: [Field]

    public init(
        _ kind: EntityKind, _ purpose: String, spec: [Field], status: [Field], specWriters: Set<Role>,
        statusWriters: Set<Role>, secretReaders: Set<Role> = [], finalizer: Role? = nil,
        largestStatus: Int = SizeLimits.part, deleters: Set<Role> = []
    ) {
        self.kind = kind
        self.purpose = purpose
        self.spec = spec
        self.status = status
        self.specWriters = specWriters
        self.statusWriters = statusWriters
        self.secretReaders = secretReaders
        self.finalizer = finalizer
        self.largestStatus = largestStatus
        self.deleters = deleters
        hasSecrets = (spec + status).contains(where: \.isSecret)
        linkFields = spec.filter { Self.mayLink($0.type) }
    }

    public func fields(of part: Part) -> [Field] { part == .spec ? spec : status }

    /// `value` with every absent field set to its default, in objects within it as well.
    public func withDefaults(_ value: JSONValue, part: Part) -> JSONValue {
        .object(Self.filled(value.objectValue ?? [:], fields(of: part)))
    }

    private static func filled(_ members: [String: JSONValue], _ fields: [Field]) -> [String: JSONValue] {
        var members = members
        for field in fields {
            switch (field.type, members[field.name]) {
            case (_, nil), (_, .null?): if !field.fallback.isNull { members[field.name] = field.fallback }
            case (.object(let inner), .object(let value)?): members[field.name] = .object(filled(value, inner))
            default: break
            }
        }
        return members
    }

    /// All that is wrong with `value`, each with the path of its field; empty when it may be stored.
    public func problems(in value: JSONValue, part: Part) -> [VC3Error.Problem] {
        let largest = part == .status ? largestStatus : SizeLimits.part
        if let problem = SizeCheck.problem(with: value, largest: largest, at: part.rawValue) { return [problem] }
        let problems = SchemaCheck.problems(in: value, fields: fields(of: part), at: part.rawValue)
        return problems.isEmpty && part == .spec ? BatchCheck.problems(in: value, of: kind) : problems
    }

    /// Those of ``problems(in:part:)`` that are texts outside a field's list of allowed ones: nothing that is built on the
    /// kind's types breaks on them.
    public func advisoryProblems(in value: JSONValue, part: Part) -> [VC3Error.Problem] {
        fields(of: part).compactMap { field in
            guard let member = value[field.name] else { return nil }
            return SchemaCheck.problem(with: member, outside: field.allowed, at: "\(part.rawValue).\(field.name)")
        }
    }

    /// The value without its secret fields.
    public func redacted(_ value: JSONValue, part: Part) -> JSONValue {
        guard case .object(var members) = value else { return value }
        for field in fields(of: part) where field.isSecret { members[field.name] = nil }
        return .object(members)
    }
}
