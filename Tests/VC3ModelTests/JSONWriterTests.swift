import Foundation
import Testing
import VC3Model

struct JSONWriterTests {
    @Test(
        arguments: [
            .null, true, false, 0, -17, .integer(.max), .integer(.min), .number(1.5), .number(-0.25), .number(1e300),
            .number(5), "", "plain", "a/b", "\"\\\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}", "é 😀 \u{2028}", [], [:],
            [1, [2, []], ["z": 1, "a": ["é": nil, "e": "x"], "A": true, "": false]],
        ] as [JSONValue])
    func writesWhatFoundationWrites(value: JSONValue) throws {
        #expect(Data(try value.jsonBytes()) == (try JSONValue.encoder().encode(value)))
    }

    @Test(arguments: [Double.nan, .infinity])
    func whatIsNoNumberInJSONIsRefused(number: Double) {
        #expect(throws: EncodingError.self) { try JSONValue.number(number).jsonBytes() }
    }

    @Test(arguments: [nil, Timestamp(milliseconds: 1_795_355_100_123)])
    func aRecordIsWrittenAsItsEncodableFormAndReadBack(deleting: Timestamp?) throws {
        let record = EntityRecord(
            metadata: EntityMetadata(
                kind: .nodeinfo, name: "n.\"1\"", revision: Revision(41), generation: 3, owner: "ana",
                created: Timestamp(milliseconds: 951_782_400_000), updated: Timestamp(milliseconds: 0),
                deleting: deleting),
            spec: ["cores": 4, "features": ["a", "b"]], status: [:])
        let bytes = try record.jsonBytes()
        #expect(Data(bytes) == (try JSONValue.encoder().encode(record)))
        #expect(try EntityRecord(json: JSONValue(data: Data(bytes))) == record)
    }

    @Test(arguments: ["kind", "name", "revision", "generation", "owner", "created", "updated", "spec", "status"])
    func aRecordWithoutAMemberIsRefusedByName(member: String) throws {
        var json: JSONValue = [
            "kind": "user", "name": "a", "revision": 1, "generation": 1, "owner": "a",
            "created": "2026-11-22T13:45:00.123Z", "updated": "2026-11-22T13:45:00.123Z", "spec": [:], "status": [:],
        ]
        #expect(throws: Never.self) { try EntityRecord(json: json) }
        json[member] = nil as JSONValue?
        let error = #expect(throws: VC3Error.self) { try EntityRecord(json: json) }
        #expect(error?.message.contains(member) == true)
    }
}
