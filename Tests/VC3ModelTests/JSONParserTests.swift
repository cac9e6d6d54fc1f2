import Foundation
import Testing
import VC3Model

/// What is JSON here, and what is refused although other readers take it.
struct JSONParserTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: [UInt8]
        var reason: String
        var offset: Int
        init(_ text: String, _ reason: String, _ offset: Int) { self.init(Array(text.utf8), reason, offset) }
        init(_ text: [UInt8], _ reason: String, _ offset: Int) {
            self.text = text
            self.reason = reason
            self.offset = offset
        }
        var testDescription: String { String(decoding: text.prefix(40), as: UTF8.self) }
    }

    @Test(arguments: [
        Refusal("", "the text ends", 0), Refusal("  ", "the text ends", 2), Refusal("{", "a member's name", 1),
        Refusal("nul", "a value is needed", 0), Refusal("nulL", "a value is needed", 0), Refusal("NaN", "a value", 0),
        Refusal("{\"a\":}", "a value is needed", 5), Refusal("{\"a\" 1}", "':'", 5),
        Refusal("{\"a\":1 \"b\":2}", "goes on with", 7), Refusal("{\"a\":1,}", "a member's name", 7),
        Refusal("[1,]", "a value is needed", 3), Refusal("[1 2]", "goes on with", 3), Refusal("[1", "goes on", 2),
        Refusal("1 2", "more text after", 2), Refusal("\u{FEFF}1", "a value is needed", 0),
        Refusal("{\"a\":1,\"b\":{\"a\":1},\"a\":1}", "the member 'a' twice", 19),
        Refusal(#"{"a":1,"\u0061":1}"#, "the member 'a' twice", 7),
        Refusal("01", "does not begin with 0", 1), Refusal("-", "a digit", 1), Refusal("1.", "a digit", 2),
        Refusal("1e", "a digit", 2), Refusal("+1", "a value is needed", 0), Refusal(".5", "a value is needed", 0),
        Refusal("9223372036854775808", "more than 64 bits", 0),
        Refusal("[-9223372036854775809]", "more than 64 bits", 1), Refusal("1e999", "beyond the range", 0),
        Refusal("[" + String(repeating: "9", count: 100_000) + "]", "more than 64 bits", 1),
        Refusal("\"\u{1}\"", "control character", 1), Refusal("\"a\nb\"", "control character", 2),
        Refusal("\"a", "no end", 1), Refusal(#""a\"#, "no end", 3), Refusal(#""\x""#, "an escape is unknown", 1),
        Refusal(#""\ud83d""#, "half a surrogate", 1), Refusal(#""\ud83d\u0041""#, "half a surrogate", 1),
        Refusal(#""\ude00""#, "half a surrogate", 1), Refusal(#""\u12g4""#, "four hexadecimal digits", 5),
        Refusal([0x22, 0xFF, 0x22], "not valid UTF-8", 1),
        Refusal([0x22, 0xC0, 0xAF, 0x22], "not valid UTF-8", 1),
        Refusal([0x22, 0xED, 0xA0, 0x80, 0x22], "not valid UTF-8", 1),
        Refusal(String(repeating: "[", count: 65) + String(repeating: "]", count: 65), "more than 64 deep", 64),
        Refusal(String(repeating: "{\"a\":", count: 1_000_000), "more than 64 deep", 5 * 64),
    ])
    func refusedTextSaysWhyAndWhere(refusal: Refusal) throws {
        let error = #expect(throws: JSONTextError.self) { _ = try JSONValue(data: Data(refusal.text)) }
        #expect(error?.reason.contains(refusal.reason) == true, "\(error?.description ?? "taken")")
        #expect(error?.offset == refusal.offset)
    }

    @Test(
        arguments: [
            (" [ 1 , 2 ]\r\n\t", [1, 2]), ("1.0", 1), ("-0", 0), ("1e3", 1000), ("12.5e-1", .number(1.25)),
            ("-9223372036854775808", .integer(.min)), ("1e300", .number(1e300)), ("1e-999", 0),
            (#""\u00fc\ud83d\ude00\/\b\f\n\r\t\"\\""#, "ü😀/\u{8}\u{C}\n\r\t\"\\"),
            ("\"\u{7F}\u{FFFF}\"", "\u{7F}\u{FFFF}"), (#"{"":{},"é":[]}"#, ["": [:], "é": []]),
        ] as [(String, JSONValue)])
    func whatIsTakenKeepsItsMeaning(text: String, value: JSONValue) throws {
        #expect(try JSONValue(data: Data(text.utf8)) == value)
    }

    @Test func nestingUpToTheLimitIsTaken() throws {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONValue(data: Data(text.utf8)).arrayValue?.count == 1)
    }

    /// Names that look the same but are spelled differently in Unicode are one name, as for every dictionary of Swift.
    @Test func equivalentNamesAreOneName() {
        #expect(throws: JSONTextError.self) { _ = try JSONValue(data: Data("{\"é\":1,\"e\u{301}\":2}".utf8)) }
    }
}
