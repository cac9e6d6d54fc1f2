import Testing

@testable import BatchSystems

@Suite struct SubmitDescriptionTests {
    @Test(arguments: [
        ("", "1"), ("queue", "1"), ("Queue", "in (a)"), ("if", "true"), ("a b", "1"), ("1a", "1"), ("a=", "1"),
        ("+", "1"),
        ("a", "one\nqueue 5"), ("a", "tab\t"), ("a", "goes on \\"), ("a", "\u{7F}"),
    ])
    func whatIsNoCommandIsRefusedAndAddsNothing(name: String, value: String) {
        var description = SubmitDescription()
        #expect(description.add(name, value) != nil)
        #expect(description.commands.isEmpty)
    }

    @Test(arguments: ["", "1a", "a b", "a=b", "a-b"]) func noVariableHasSuchAName(name: String) {
        var description = SubmitDescription()
        #expect(description.add(environment: [(name, "x")]) != nil)
        #expect(description.commands.isEmpty)
    }

    @Test func theTextIsOneCommandALineAndTheNumberOfJobs() {
        var description = SubmitDescription()
        description.add("universe", "vanilla")
        description.add(attribute: "Queue_Name", text: #"a "b" \c"#)
        description.add(environment: [("A", "1"), ("B", "it's \"x\"")])
        #expect(
            description.text(count: 3) == """
                universe = vanilla
                +Queue_Name = "a \\"b\\" \\c"
                environment = "A=1 B='it''s ""x""'"
                queue 3

                """)
    }
}
