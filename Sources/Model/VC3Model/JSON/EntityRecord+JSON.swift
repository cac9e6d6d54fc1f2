extension EntityRecord: JSONWritable {
    public func write(to writer: inout JSONWriter) throws {
        writer.raw("{\"created\":")
        writer.string(metadata.created.description)
        if let deleting = metadata.deleting {
            writer.raw(",\"deleting\":")
            writer.string(deleting.description)
        }
        writer.raw(",\"generation\":")
        writer.integer(metadata.generation)
        writer.raw(",\"kind\":")
        writer.string(metadata.kind.rawValue)
        writer.raw(",\"name\":")
        writer.string(metadata.name)
        writer.raw(",\"owner\":")
        writer.string(metadata.owner)
        writer.raw(",\"revision\":")
        writer.integer(metadata.revision.rawValue)
        writer.raw(",\"spec\":")
        try writer.value(spec)
        writer.raw(",\"status\":")
        try writer.value(status)
        writer.raw(",\"updated\":")
        writer.string(metadata.updated.description)
        writer.raw("}")
    }

    /// Reads what ``write(to:)`` or the `Encodable` form wrote. Unknown members are left out.
    ///
    /// - Throws: ``VC3Error`` `internal` naming the member that is missing or of the wrong type.
    public init(json: JSONValue) throws {
        guard case .object(let members) = json else { throw Self.unfit("is no object", "the record") }
        func text(_ name: String) throws -> String {
            guard let text = members[name]?.stringValue else { throw Self.unfit("is missing or no string", name) }
            return text
        }
        func integer(_ name: String) throws -> Int {
            guard let number = members[name]?.intValue else { throw Self.unfit("is missing or no integer", name) }
            return number
        }
        func moment(_ name: String) throws -> Timestamp {
            guard let moment = Timestamp(try text(name)) else { throw Self.unfit("is no RFC 3339 time", name) }
            return moment
        }
        guard let kind = EntityKind(rawValue: try text("kind")) else { throw Self.unfit("is unknown", "kind") }
        guard let spec = members["spec"], let status = members["status"] else {
            throw Self.unfit("is missing", members["spec"] == nil ? "spec" : "status")
        }
        let isDeleting = members["deleting"].map { !$0.isNull } ?? false
        self.init(
            metadata: EntityMetadata(
                kind: kind, name: try text("name"), revision: Revision(Int64(try integer("revision"))),
                generation: try integer("generation"), owner: try text("owner"), created: try moment("created"),
                updated: try moment("updated"), deleting: isDeleting ? try moment("deleting") : nil),
            spec: spec, status: status)
    }

    private static func unfit(_ problem: String, _ member: String) -> VC3Error {
        VC3Error(.internal, "an encoded record cannot be read: \(member) \(problem)")
    }
}
