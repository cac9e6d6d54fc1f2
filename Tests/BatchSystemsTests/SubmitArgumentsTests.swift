import BatchSystems
import Testing

/// The table of "condor_submit", "arguments", in HTCondor's manual.
@Suite struct SubmitArgumentsTests {
    @Test(arguments: [
        (#""3 simple arguments""#, ["3", "simple", "arguments"]),
        (#""one 'two with spaces' 3""#, ["one", "two with spaces", "3"]),
        (#""one ""two"" 'spacey ''quoted'' argument'""#, ["one", #""two""#, "spacey 'quoted' argument"]),
        (#"one \"two\" 'three"#, ["one", #""two""#, "'three"]),
        (#""a='b c'd '' e""#, ["a=b cd", "", "e"]),
        ("", []), (#""""#, []),
    ])
    func wordsAreHTCondors(text: String, words: [String]) {
        #expect(SubmitArguments.words(text) == words)
    }

    @Test(arguments: [
        ("-v", "a b", "-v a b"), ("", " a ", "a"), ("", "", ""), (#"-v \"x\""#, "a", #"-v \"x\" a"#),
        ("-v", #""--a 'b c'""#, #""-v --a 'b c'""#), (#""'x y'""#, #"it's \"b\""#, #""'x y' it''''s ""b""""#),
        ("-v", #""'$(nowhere)'""#, #""-v '$(nowhere)'""#),
    ])
    func argumentsOfBothFormsGoTogether(first: String, second: String, joined: String) {
        #expect(SubmitArguments.joined(first, second) == joined)
        let words = [first, second].flatMap { SubmitArguments.words($0) ?? ["not understood"] }
        #expect(SubmitArguments.words(joined) == words)
    }

    @Test(arguments: [#"a "b" c"#, #""a 'b""#, #""a"#, #""a " b""#])
    func whatHasNoMeaningIsRefused(text: String) {
        #expect(SubmitArguments.words(text) == nil)
    }
}
