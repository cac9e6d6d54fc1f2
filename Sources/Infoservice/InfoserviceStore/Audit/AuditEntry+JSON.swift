public import VC3Model

extension AuditEntry: JSONWritable {
    public func write(to writer: inout JSONWriter) throws {
        writer.raw("{\"action\":")
        writer.string(action)
        writer.raw(",\"fields\":")
        writer.array(fields) { (writer, field) in writer.string(field) }
        writer.raw(",\"kind\":")
        writer.string(kind.rawValue)
        writer.raw(",\"name\":")
        writer.string(name)
        if let origin {
            writer.raw(",\"origin\":")
            writer.string(origin)
        }
        writer.raw(",\"revision\":")
        writer.integer(revision.rawValue)
        writer.raw(",\"role\":")
        writer.string(role.rawValue)
        writer.raw(",\"time\":")
        writer.string(time.description)
        if let via {
            writer.raw(",\"via\":")
            writer.string(via)
        }
        writer.raw(",\"who\":")
        writer.string(who)
        writer.raw("}")
    }
}

extension AuditPage: JSONWritable {
    public func write(to writer: inout JSONWriter) throws {
        writer.raw("{\"items\":")
        try writer.array(items) { (writer, entry) in try entry.write(to: &writer) }
        if let next {
            writer.raw(",\"next\":")
            writer.integer(next.rawValue)
        }
        writer.raw("}")
    }
}
