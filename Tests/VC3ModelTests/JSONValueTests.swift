import Foundation
import Testing
import VC3Model

struct JSONValueTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-1", "9223372036854775807", "1.5", "\"\"", "\"ü😀\\n\"", "[]", "{}",
        #"{"a":[1,{"b":null}],"c":"/"}"#,
    ])
    func aRoundTripChangesNothing(text: String) throws {
        #expect(String(decoding: try JSONValue(data: Data(text.utf8)).data(), as: UTF8.self) == text)
    }

    @Test func trueIsNoNumberAndOneIsNoBoolean() throws {
        #expect(try JSONValue(data: Data("true".utf8)) == .bool(true))
        #expect(try JSONValue(data: Data("1".utf8)) == .integer(1))
    }

    @Test func membersAreReadWrittenAndRemoved() {
        var value: JSONValue = ["a": 1]
        value["b"] = "x"
        #expect(value == ["a": 1, "b": "x"])
        value["a"] = nil as JSONValue?
        #expect(value == ["b": "x"])
        #expect(JSONValue.array([])["a"] == nil)
    }
}
