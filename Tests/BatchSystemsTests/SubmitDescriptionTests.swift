import Foundation
import Testing
import VC3Commands

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

    static let condor = ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"]

    /// What HTCondor's own reader makes of texts of any characters is what was meant.
    @Test(.enabled(if: condor != nil)) func condorReadsWhatWasMeant() async throws {
        let prefix = try #require(Self.condor)
        let folder = FileManager.default.temporaryDirectory.appending(path: "vc3-submit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "empty.conf"))
        var random = SystemRandomNumberGenerator()
        // A dollar sign begins a macro.
        let alphabet = Array(#"ab 1""""''\\\\\\,;#=(){}[]<>|&*?!%^~`:./@+-_äß€"#)
        let texts = (0..<300).map { length in
            String((0..<length % 12).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        }
        var description = SubmitDescription()
        description.add("universe", "vanilla")
        description.add("executable", "/bin/true")
        for (number, text) in texts.enumerated() {
            let problem = description.add(attribute: "VC3_T\(number)", text: text)
            #expect(problem == nil, "\(text)")
        }
        description.add(environment: texts.enumerated().map { ("VC3_E\($0.offset)", $0.element) })
        let file = folder.appending(path: "description")
        try Data(description.text(count: 1).utf8).write(to: file)
        let command = Command(
            ["\(prefix)/bin/condor_submit", "-dry-run", "-", file.path],
            environment: ["CONDOR_CONFIG": folder.appending(path: "empty.conf").path])
        let result = try await LocalRunner().run(command)
        #expect(result.succeeded, "\(result.errorOutput)")
        let ad = Dictionary(
            result.output.split(separator: "\n").compactMap { line -> (String, String)? in
                guard let equals = line.firstIndex(of: "=") else { return nil }
                return (String(line[..<equals]), String(line[line.index(after: equals)...]))
            }, uniquingKeysWith: { first, _ in first })
        for (number, text) in texts.enumerated() {
            #expect(ad["VC3_T\(number)"].map(Self.text) == text)
        }
        let environment = Self.variables(in: Self.text(try #require(ad["Environment"])))
        for (number, text) in texts.enumerated() {
            #expect(environment["VC3_E\(number)"] == text)
        }
    }

    /// The text of a ClassAd string as the job's ad shows it.
    private static func text(_ literal: String) -> String {
        String(literal.dropFirst().dropLast()).replacing("\\\"", with: "\"")
    }

    /// The variables of a job's `Environment`: words between blanks, with pieces in single quotes.
    private static func variables(in text: String) -> [String: String] {
        var words: [String] = [""]
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "'" where isQuoted && rest.first == "'":
                words[words.count - 1].append("'")
                rest.removeFirst()
            case "'": isQuoted.toggle()
            case " " where !isQuoted: words.append("")
            default: words[words.count - 1].append(character)
            }
        }
        return Dictionary(
            words.map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }, uniquingKeysWith: { first, _ in first })
    }
}
