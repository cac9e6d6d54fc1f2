import Testing
import VC3Model

struct EntityNameTests {
    @Test(arguments: ["a", "Z9", "0", "ana.midway", "a_b-c.d", String(repeating: "x", count: 128)])
    func allowed(name: String) { #expect(EntityName.problem(with: name) == nil) }

    @Test(arguments: [
        ("", "empty"), (".a", "begin"), ("-a", "begin"), ("_a", "begin"), ("a b", "contains"), ("a/b", "contains"),
        ("ü", "begin"), ("aü", "contains"), ("a\n", "contains"), (String(repeating: "x", count: 129), "longer"),
    ])
    func refused(name: String, word: String) throws {
        #expect(try #require(EntityName.problem(with: name)).contains(word))
    }
}
