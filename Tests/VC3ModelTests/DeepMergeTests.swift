import Testing
import VC3Model

/// The original's deep merge, case by case, and its JSON text.
struct DeepMergeTests {
    @Test(
        arguments: [
            (nil, 1, 1), ("a", "b", "b"), (1, [2], [2]), (true, ["a": 1], ["a": 1]), ("a", nil, nil),
            ([1, 2], [2, 3, 3], [1, 2, 3]), ([1], 2, [1]), ([1], nil, [1]), ([1], ["a": 1], [1]),
            (["a": 1, "b": ["c": 2]], ["b": ["c": 3, "d": 4], "e": 5], ["a": 1, "b": ["c": 3, "d": 4], "e": 5]),
            (["a": 1], nil, nil), (["a": 1], "text", ["a": 1]), (["a": 1], [1], ["a": 1]),
            (["a": ["b": 1]], ["a": nil], ["a": nil]),
            (["a": nil], ["a": ["b": 1]], ["a": ["b": 1]]),
        ] as [(JSONValue, JSONValue, JSONValue)])
    func destinationAndSource(destination: JSONValue, source: JSONValue, result: JSONValue) {
        #expect(destination.deepMerged(with: source) == result)
    }

    @Test(
        arguments: [
            (nil, "null"), ([1, .number(1.5), true], "[1, 1.5, true]"), ([:], "{}"), ([], "[]"),
            (["b": 1, "a": ["x", "y"]], #"{"a": ["x", "y"], "b": 1}"#),
            ("ü😀'\"\\\n\u{7F}/<&>", #""\u00fc\ud83d\ude00\u0027\"\\\n\u007f/\u003c\u0026\u003e""#),
        ] as [(JSONValue, String)])
    func textIsASCIIWithTheOriginalsSeparators(value: JSONValue, text: String) throws {
        #expect(value.pythonText == text)
        #expect(try JSONValue(utf8: Array(text.utf8)) == value)
    }
}
