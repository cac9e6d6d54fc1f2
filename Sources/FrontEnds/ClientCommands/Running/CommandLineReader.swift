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

    /// - Parameter arguments: Without the name of the program.
    static func read(_ arguments: [String]) -> Reading {
        if let first = arguments.first, first.hasPrefix("--generate-completion-script") {
            return saying(of: parse(arguments, as: WholeCommand.self))
        }
        do {
            let globals = OptionTable(of: GlobalOptions.self)
            let leading = try globals.countOfLeadingOptions(in: arguments)
            let options = try globals.expanded(arguments.prefix(leading))
            let rest = Array(arguments.dropFirst(leading))
            // The whole command is built for help alone: its forty subcommands take their time.
            if options.contains("--help") || options.contains("-h") { return .answer(WholeCommand.helpMessage()) }
            let global: GlobalOptions
            switch parse(options, as: LeadingCommand.self) {
            case .success(let leading): global = leading.global
            case .failure(let saying): return saying.reading
            }
            guard let word = rest.first else {
                return .refusal(WholeCommand.helpMessage(), exitCode: ExitCodes.unusable)
            }
            if word == "help" {
                guard let topic = rest.dropFirst().first else { return .answer(WholeCommand.helpMessage()) }
                return WholeCommand.commands[topic].map { .answer($0.helpMessage()) } ?? unknown(topic)
            }
            guard let command = WholeCommand.commands[word] else { return unknown(word) }
            let table = OptionTable(of: command, additions: command.additions)
            return parse(try table.expanded(rest.dropFirst()), command, global)
        } catch {
            let candidates = error.candidates.joined(separator: ", ")
            return .refusal(
                "Error: option \(error.written) is ambiguous; it may mean \(candidates)",
                exitCode: ExitCodes.unusable)
        }
    }

    private static func parse<Command: ClientCommand>(
        _ arguments: [String], _ type: Command.Type, _ options: GlobalOptions
    ) -> Reading {
        switch parse(arguments, as: type) {
        case .success(let command): .command(command, options)
        case .failure(let saying): saying.reading
        }
    }

    private static func saying(of result: Result<WholeCommand, Saying>) -> Reading {
        switch result {
        case .success: .answer(WholeCommand.helpMessage())
        case .failure(let saying): saying.reading
        }
    }

    /// What the parser wants to be said: help that was asked for, or what is wrong with the arguments.
    private struct Saying: Error { let reading: Reading }

    private static func parse<Command: ParsableCommand>(
        _ arguments: [String], as type: Command.Type
    ) -> Result<Command, Saying> {
        do {
            var parsed = try type.parseAsRoot(arguments)
            if let command = parsed as? Command { return .success(command) }
            // ArgumentParser's own commands, such as help, say what they have to say by throwing it.
            try parsed.run()
            return .failure(Saying(reading: .answer(type.helpMessage())))
        } catch {
            let message = type.fullMessage(for: error)
            let isAnswer = type.exitCode(for: error) == .success
            return .failure(
                Saying(reading: isAnswer ? .answer(message) : .refusal(message, exitCode: ExitCodes.unusable)))
        }
    }

    private static func unknown(_ word: String) -> Reading {
        let names = WholeCommand.commands.keys.sorted()
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
}

/// The part of the command line before the subcommand.
private struct LeadingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "vc3-client")
    @OptionGroup var global: GlobalOptions
}
