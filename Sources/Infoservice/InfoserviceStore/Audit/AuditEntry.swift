public import VC3Model

/// One line of the audit trail: a write that was carried out. There is exactly one for each revision.
///
/// On the wire and at rest `{revision, time, role, who, via?, origin?, action, kind, name, fields}`. Holds names of
/// fields, never values: they may be secrets.
public struct AuditEntry: Sendable, Codable, Equatable {
    public var revision: Revision
    public var time: Timestamp
    public var role: Role
    /// The name beside the role.
    public var who: String
    /// The portal that acted for them, as `portal <name>`.
    public var via: String?
    /// Where the request came from, as `address:port`; none for a part of the same process.
    public var origin: String?
    /// One word: create, change, report, delete, remove, …
    public var action: String
    public var kind: EntityKind
    public var name: String
    /// What changed, sorted: `owner`, `deleting`, `spec.<field>`, `status.<field>`.
    public var fields: [String]
}

extension AuditEntry {
    /// - Parameters:
    ///   - previous: The entity before the write; `nil` when it was created.
    ///   - record: The entity as written; of a removal, the last state with the removal's revision.
    public init(
        of record: EntityRecord, over previous: EntityRecord?, isRemoval: Bool, by author: Author, at time: Timestamp
    ) {
        revision = record.metadata.revision
        self.time = time
        role = author.identity.role
        who = author.identity.name
        via = author.agent?.description
        origin = author.origin
        action = author.action
        kind = record.metadata.kind
        name = record.name
        fields = isRemoval ? [] : Self.fields(of: record, over: previous)
    }

    private static func fields(of record: EntityRecord, over previous: EntityRecord?) -> [String] {
        var fields =
            names(record.spec, previous?.spec).map { "spec." + $0 }
            + names(record.status, previous?.status).map { "status." + $0 }
        if previous?.metadata.owner != record.metadata.owner { fields.append("owner") }
        if previous?.metadata.deleting != record.metadata.deleting { fields.append("deleting") }
        return fields.sorted()
    }

    private static func names(_ value: JSONValue, _ previous: JSONValue?) -> [String] {
        if value == previous { return [] }
        let (new, old) = (value.objectValue ?? [:], previous?.objectValue ?? [:])
        return new.filter { old[$0.key] != $0.value }.map(\.key) + old.keys.filter { new[$0] == nil }
    }
}
