import ArgumentParser
import InfoserviceAPI
import Testing
import VC3Model

@testable import ClientCommands

@Suite struct CommandLineTests {
    /// Every subcommand of the original.
    static let original = [
        "user-create", "user-list", "user-delete", "project-create", "project-adduser", "project-removeuser",
        "project-addallocation", "project-removeallocation", "project-list", "project-delete", "resource-create",
        "resource-list", "resource-delete", "allocation-create", "allocation-list", "allocation-getpubtoken",
        "allocation-validate", "allocation-delete", "nodeinfo-create", "nodeinfo-list", "nodeinfo-delete",
        "nodeset-create", "nodeset-list", "nodeset-delete", "cluster-create", "cluster-list", "cluster-addnodeset",
        "cluster-removenodeset", "cluster-delete", "environment-create", "environment-list", "environment-delete",
        "request-create", "request-list", "request-getconfstring", "request-terminate", "request-status",
        "request-state", "request-delete",
    ]

    @Test(arguments: original)
    func everySubcommandOfTheOriginalIsThere(_ name: String) {
        #expect(WholeCommand.commands[name] != nil)
    }

    @Test(arguments: WholeCommand.commands.keys.sorted())
    func helpTeachesWithAnExampleThatIsValid(_ name: String) async throws {
        let type = try #require(WholeCommand.commands[name])
        let help = await CommandLineBench().run("\(name) --help")
        #expect(help.exitCode == 0)
        #expect(help.output.contains("EXAMPLE:"))
        #expect(await CommandLineBench().run("help \(name)").output == help.output)
        let examples = type.configuration.discussion.replacing("\\\n", with: " ").split(separator: "\n").filter {
            $0.hasPrefix("vc3-client ")
        }
        #expect(examples.contains { $0.hasPrefix("vc3-client \(name)") })
        for example in examples {
            guard case .command = CommandLineReader.read(Array(shellWords(example).dropFirst())) else {
                Issue.record("not a valid command line: \(example)")
                continue
            }
        }
    }

    /// Abbreviations in scripts of the original.
    @Test(
        arguments: [
            ("user-list --user ana", "user-list --username ana"),
            ("project-list --project survey", "project-list --projectname survey"),
            ("project-list --p=survey", "project-list --projectname=survey"),
            ("resource-list --res midway", "resource-list --resource midway"),
            ("allocation-list --allocation a.b", "allocation-list --allocationname a.b"),
            ("environment-list --environment e", "environment-list --environmentname e"),
            ("cluster-list --cluster c", "cluster-list --clustername c"),
            ("request-list --request r", "request-list --requestname r"),
            ("nodeset-list --node n", "nodeset-list --nodesetname n"),
            ("nodeinfo-list --node n", "nodeinfo-list --nodeinfoname n"),
            ("resource-create r --accessh h", "resource-create r --accesshost h"),
            ("nodeset-create n --node_n 3 --app-r x", "nodeset-create n --node_number 3 --app_role x"),
            (
                "environment-create e --extra --extra --env A=--env",
                "environment-create e --extra-args --extra --envvar A=--env"
            ),
            ("project-create --owner --own p -- --owner", "project-create --owner --own p -- --owner"),
            ("request-create r --e=+1h --env x", "request-create r --e=+1h --environments x"),
        ])
    func abbreviationsAreSpelledOut(_ written: String, _ meant: String) throws {
        let words = written.split(separator: " ").map(String.init)
        let type = try #require(WholeCommand.commands[words[0]])
        let table = OptionTable(of: type, additions: type.additions)
        if meant.contains("--e=") {
            #expect(throws: OptionTable.Ambiguity.self) { try table.expanded(words.dropFirst()) }
        } else {
            #expect(try [words[0]] + table.expanded(words.dropFirst()) == meant.split(separator: " ").map(String.init))
        }
    }

    @Test func anAmbiguousAbbreviationIsRefusedWithItsCandidates() async {
        let outcome = await CommandLineBench().run("nodeset-create n --app_ htcondor")
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.notes == "Error: option --app- is ambiguous; it may mean "
                + "--app_killorder, --app_lingertime, --app_peaceful, --app_role, --app_type")
    }

    /// Random beginnings, against the rule in its plainest form.
    @Test(arguments: WholeCommand.commands.keys.sorted())
    func anyUniqueBeginningOfAnOptionMeansThatOption(_ name: String) throws {
        let type = try #require(WholeCommand.commands[name])
        let table = OptionTable(of: type, additions: type.additions)
        var generator = SystemRandomNumberGenerator()
        for option in table.options {
            for _ in 0..<8 {
                let prefix = String(option.name.prefix(Int.random(in: 1...option.name.count, using: &generator)))
                let sharing = table.options.filter { $0.name.hasPrefix(prefix) }
                let originals = sharing.filter { !$0.isAddition }
                let candidates = originals.isEmpty ? sharing : originals
                if let exact = sharing.first(where: { $0.name == prefix }) {
                    #expect(try table.option(written: prefix) == exact)
                } else if candidates.count == 1 {
                    #expect(try table.option(written: prefix) == candidates[0])
                } else {
                    #expect(throws: OptionTable.Ambiguity.self) { try table.option(written: prefix) }
                }
            }
        }
    }

    @Test func optionsOfOursNeverMakeAnOldAbbreviationAmbiguous() throws {
        for type in WholeCommand.commands.values {
            let table = OptionTable(of: type, additions: type.additions)
            #expect(type.additions.isSubset(of: Set(table.options.map(\.name))), "\(type._commandName)")
            let old = table.options.filter { !$0.isAddition }
            for option in old {
                for length in 1...option.name.count {
                    let prefix = String(option.name.prefix(length))
                    guard old.filter({ $0.name.hasPrefix(prefix) }).count == 1 else { continue }
                    #expect(try table.option(written: prefix)?.isAddition == false)
                }
            }
        }
    }

    @Test(
        arguments: [
            (["--conf", "a,b", "user-list"], "a,b", false), (["-c", "a", "user-list"], "a", false),
            (["-dc", "a", "user-list"], "a", true), (["--conf=a", "--deb", "user-list"], "a", true),
        ])
    func globalOptionsStandBeforeTheSubcommand(_ arguments: [String], _ config: String, _ debug: Bool) throws {
        guard case .command(let command, let options) = CommandLineReader.read(arguments) else {
            Issue.record("not understood")
            return
        }
        #expect(command is UserList)
        #expect(options.config == config)
        #expect(options.debug == debug)
    }

    @Test(
        arguments: [
            ("usr-create", "did you mean user-create?"), ("project-addusr", "did you mean project-adduser?"),
            ("cluster", "there are cluster-addnodeset, cluster-create"), ("fly", "vc3-client --help"),
        ])
    func anUnknownSubcommandIsAnErrorThatSuggestsOne(_ word: String, _ suggestion: String) async {
        let outcome = await CommandLineBench().run(word)
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.hasPrefix("Error: '\(word)' is not a subcommand"))
        #expect(outcome.output.contains(suggestion))
    }

    @Test(
        arguments: [
            "", "user-create", "user-list --nonsense", "user-list extra", "request-state",
            "nodeinfo-create n --cores x",
            "--nonsense user-list", "request-create r --expiration tomorrow", "request-wait --req r --for lunch",
            "request-create r --expiration 2020-01-01T00:00:00", "environment-create e --envvar A",
            "nodeset-create n --walltime 3x", "user-list --output yaml",
        ])
    func unusableArgumentsExitWithTwo(_ line: String) async {
        #expect(await CommandLineBench().run(line).exitCode == 2)
    }

    @Test(arguments: ["--help", "-h", "help", "user-create --help", "user-create --h"])
    func helpIsAnAnswerAndNotAnError(_ line: String) async {
        let outcome = await CommandLineBench().run(line)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("USAGE: vc3-client"))
    }

    @Test(arguments: ["--generate-completion-script bash", "--generate-completion-script=zsh"])
    func completionScriptsKnowTheSubcommands(_ line: String) async {
        let outcome = await CommandLineBench().run(line)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("allocation-validate"))
    }

    /// Splits as a shell does, with single and double quotes.
    private func shellWords(_ line: some StringProtocol) -> [String] {
        var words: [String] = []
        var quote: Character?
        for character in " " + line {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            } else if character == " ", quote == nil {
                if words.last != "" { words.append("") }
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words
    }
}
