import Foundation
import InfoserviceAPI
import Testing
import VC3Model

/// What is written by hand, for speed, is the text of the `Encodable` form.
struct WireTextTests {
    private static let record = EntityRecord(
        metadata: EntityMetadata(
            kind: .nodeinfo, name: "n", revision: Revision(7), generation: 1, owner: "ana",
            created: Timestamp(milliseconds: 1), updated: Timestamp(milliseconds: 2)),
        spec: ["cores": 4], status: [:])

    @Test(
        arguments: [
            .event(.changed(record)), .event(.removed(record)), .event(.shared(record, at: Revision(9))),
            .event(.heartbeat(Revision(3))),
            .failed(VC3Error(.invalid, "no \"way\"", problems: [.init(field: "a", problem: "b")])),
        ] as [WatchLine])
    func linesOfAWatch(line: WatchLine) throws {
        #expect(Data(try line.jsonBytes()) == (try JSONValue.encoder().encode(line)))
    }

    @Test(arguments: [nil, "a/\"b\""], [0, 1, 2])
    func lists(continuation: String?, count: Int) throws {
        let list = RecordList(
            items: Array(repeating: Self.record, count: count), revision: Revision(8), continuation: continuation)
        #expect(Data(try list.jsonBytes()) == (try JSONValue.encoder().encode(list)))
    }
}
