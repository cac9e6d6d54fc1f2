import ArgumentParser
import VC3Model

/// Turns a command line into a command, or into what must be said instead.
enum CommandLineReader {
    enum Reading {
        case command(any ClientCommand, GlobalOptions)
        /// Help, or whatever else was asked for that needs no Infoservice.
        case answer(String)
        case refusal(String, exitCode: Int32)
    }

    static func read(_ arguments: [String]) -> Reading {
        do {
            let globals = OptionTable(of: GlobalOptions.self)
            let leading = try globals.countOfLeadingOptions(in: arguments)
            let options = try globals.expanded(arguments.prefix(leading))
            let rest = Array(arguments.dropFirst(leading))
            guard let word = rest.first else {
                if options.contains(where: isRootRequest) { return parse(options, options: GlobalOptions()) }
                return .refusal(RootCommand.helpMessage(), exitCode: ExitCodes.unusable)
            }
            if options.contains(where: isRootRequest) { return parse(options, options: GlobalOptions()) }
            let parsed: GlobalOptions
            do { parsed = try GlobalOptions.parse(options) } catch {
                return .refusal(GlobalOptions.fullMessage(for: error), exitCode: ExitCodes.unusable)
            }
            if word == "help" { return parse(rest, options: parsed) }
            guard let command = RootCommand.commands[word] else { return unknown(word) }
            let table = OptionTable(of: command, additions: command.additions)
            return parse([word] + (try table.expanded(rest.dropFirst())), options: parsed)
        } catch {
            let candidates = error.candidates.joined(separator: ", ")
            return .refusal(
                "Error: option \(error.written) is ambiguous; it may mean \(candidates)",
                exitCode: ExitCodes.unusable)
        }
    }

    private static func parse(_ arguments: [String], options: GlobalOptions) -> Reading {
        do {
            let parsed = try RootCommand.parseAsRoot(arguments)
            guard let command = parsed as? any ClientCommand else {
                return .answer(RootCommand.helpMessage())
            }
            return .command(command, options)
        } catch {
            let message = RootCommand.fullMessage(for: error)
            return RootCommand.exitCode(for: error) == .success
                ? .answer(message) : .refusal(message, exitCode: ExitCodes.unusable)
        }
    }

    private static func unknown(_ word: String) -> Reading {
        let names = RootCommand.commands.keys.sorted()
        let hint: String
        if let near = NearestName.to(word, among: names) {
            hint = "did you mean \(near)?"
        } else {
            let family = names.filter { $0.hasPrefix(word + "-") }
            hint =
                family.isEmpty
                ? "see all of them with vc3-client --help" : "there are " + family.joined(separator: ", ")
        }
        return .refusal(
            "Error: '\(word)' is not a subcommand of vc3-client\n  next: \(hint)", exitCode: ExitCodes.failure)
    }

    private static func isRootRequest(_ option: String) -> Bool {
        option == "--help" || option == "-h" || option.hasPrefix("--generate-completion-script")
    }
}
