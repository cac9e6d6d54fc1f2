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
        do {
            let globals = OptionTable(of: GlobalOptions.self)
            let leading = try globals.countOfLeadingOptions(in: arguments)
            let options = try globals.expanded(arguments.prefix(leading))
            let rest = Array(arguments.dropFirst(leading))
            let global: GlobalOptions
            do { global = try parseGlobal(options) } catch { return answer(to: error) }
            guard let word = rest.first else {
                return .refusal(WholeCommand.helpMessage(), exitCode: ExitCodes.unusable)
            }
            if word == "help", rest.count == 1 { return .answer(WholeCommand.helpMessage()) }
            guard let command = RootCommand.commands[word] else {
                return word == "help" ? parse(rest, global) : unknown(word)
            }
            let table = OptionTable(of: command, additions: command.additions)
            return parse([word] + (try table.expanded(rest.dropFirst())), global)
        } catch {
            let candidates = error.candidates.joined(separator: ", ")
            return .refusal(
                "Error: option \(error.written) is ambiguous; it may mean \(candidates)",
                exitCode: ExitCodes.unusable)
        }
    }

    private static func parseGlobal(_ arguments: [String]) throws -> GlobalOptions {
        guard let whole = try WholeCommand.parseAsRoot(arguments) as? WholeCommand else { throw CleanExit.helpRequest() }
        return whole.global
    }

    private static func parse(_ arguments: [String], _ options: GlobalOptions) -> Reading {
        do {
            let parsed = try RootCommand.parseAsRoot(arguments)
            guard let command = parsed as? any ClientCommand else { return .answer(WholeCommand.helpMessage()) }
            return .command(command, options)
        } catch {
            return answer(to: error)
        }
    }

    /// What the parser wants to be said: help that was asked for, or what is wrong with the arguments.
    private static func answer(to error: any Error) -> Reading {
        let message = WholeCommand.fullMessage(for: error)
        return WholeCommand.exitCode(for: error) == .success
            ? .answer(message) : .refusal(message, exitCode: ExitCodes.unusable)
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
}
