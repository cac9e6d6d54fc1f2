import VC3Model

@testable import BatchSystems

/// The tables of a batch system as docs/batch-systems.md has them.
enum BatchSystemTables {
    static func text(_ flavor: BatchSystemFlavor) -> String {
        let system = flavor.adapter()
        let rules = BatchRules.of(flavor)
        var text = "## \(flavor.title.prefix(1).uppercased() + flavor.title.dropFirst()): `\(flavor.rawValue)`\n\n"
        text += "| option | how it is asked for |\n|---|---|\n"
        for option in BatchRules.Option.allCases {
            text +=
                "| `\(option.rawValue)` | \(rules.expressions[option].map { "`\($0.directive)`" } ?? "cannot be asked for") |\n"
        }
        switch rules.directives {
        case .none: text += "\n`submitargs`: none.\n"
        case .options(let withValue, let alone, let own):
            text +=
                "\n`submitargs` with a value: \(words(withValue)).\n\nWithout one: \(words(alone)).\n\nSet by VC3: \(words(own)).\n"
        case .lines(let known, let own):
            text +=
                "\n`submitargs`, each `name = value`: \(words(known)), and attributes of the job (`+Name = value`).\n\n"
                + "Set by VC3: \(words(own)).\n"
        }
        if !rules.settings.isEmpty {
            text += "\n| setting | meaning |\n|---|---|\n"
            for (name, meaning) in rules.settings.sorted(by: { $0.key < $1.key }) {
                text += "| `\(name)` | \(meaning) |\n"
            }
        }
        text += "\nStates: \(system.states.manual).\(system.states.reading.map { " \($0)" } ?? "")\n\n"
        text += "| state | here | meaning |\n|---|---|---|\n"
        for row in system.states.rows { text += "| `\(row.word)` | \(outcome(row.outcome)) | \(row.meaning) |\n" }
        if !system.refusals.rows.isEmpty {
            text += "\n| refused because | who can mend it | when it says (any case) |\n|---|---|---|\n"
            for row in system.refusals.rows {
                text +=
                    "| \(row.reason.rawValue) | \(row.mender.rawValue) | "
                    + row.texts.map { "`\($0)`" }.joined(separator: ", ") + " |\n"
            }
        }
        return text
    }

    private static func outcome(_ outcome: NativeStateTable.Outcome) -> String {
        switch outcome {
        case .state(let state): state.rawValue
        case .byExitCode: "done or failed, by its exit code; vanished without one"
        }
    }

    private static func words(_ words: Set<String>) -> String {
        words.sorted().map { "`\($0)`" }.joined(separator: " ")
    }
}
