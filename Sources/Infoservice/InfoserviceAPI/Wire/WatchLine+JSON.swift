public import VC3Model

extension WatchLine: JSONWritable {
    public func write(to writer: inout JSONWriter) throws {
        switch self {
        case .event(.changed(let record)): try write(record, as: "changed", to: &writer)
        case .event(.removed(let record)): try write(record, as: "removed", to: &writer)
        case .event(.shared), .event(.heartbeat), .failed: try writer.value(JSONValue(encoding: self))
        }
    }

    private func write(_ record: EntityRecord, as type: StaticString, to writer: inout JSONWriter) throws {
        writer.raw("{\"entity\":")
        try record.write(to: &writer)
        writer.raw(",\"type\":\"")
        writer.raw(type)
        writer.raw("\"}")
    }
}
