public import VC3Model

extension RecordList: JSONWritable {
    public func write(to writer: inout JSONWriter) throws {
        writer.raw("{")
        if let continuation {
            writer.raw("\"continue\":")
            writer.string(continuation)
            writer.raw(",")
        }
        writer.raw("\"items\":")
        try writer.array(items) { (writer, record) in try record.write(to: &writer) }
        writer.raw(",\"revision\":")
        writer.integer(revision.rawValue)
        writer.raw("}")
    }
}
