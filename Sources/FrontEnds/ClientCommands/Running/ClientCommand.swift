import ArgumentParser
import VC3Model

/// One subcommand of `vc3-client`: its arguments, and what it does with them.
protocol ClientCommand: ParsableCommand, Sendable {
    /// What the command does to its entity; decides the exit code when the entity is there or not.
    static var effect: CommandEffect { get }

    /// Long options that the original did not have.
    ///
    /// They never make an abbreviation ambiguous that was unique in the original, for scripts rely on those.
    static var additions: Set<String> { get }

    /// Attributes whose option has another name, for error messages.
    static var optionNames: [String: String] { get }

    /// The entity that the command is about, if one was named.
    var target: EntityKey? { get }

    func perform(in session: ClientSession) async throws
}

extension ClientCommand {
    static var additions: Set<String> { [] }
    static var optionNames: [String: String] { [:] }

    static func usage(_ name: String, _ abstract: String, example: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, _superCommandName: "vc3-client", abstract: abstract, discussion: "EXAMPLE:\n\(example)")
    }
}

/// What a command does to its entity.
enum CommandEffect: Sendable {
    case create, update, remove, read

    /// The exit code that scripts of the original expect when the entity is missing.
    var exitCodeWhenMissing: Int32 {
        switch self {
        case .create: ExitCodes.failure
        case .update: ExitCodes.unusable
        case .remove, .read: ExitCodes.missing
        }
    }
}

/// What `vc3-client` returns to the shell.
enum ExitCodes {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    /// The arguments cannot be understood, the entity to create exists, or the one to change does not.
    static let unusable: Int32 = 2
    /// The entity to show or delete does not exist.
    static let missing: Int32 = 3
}

/// A command that cannot do what was asked, for a reason of its own.
struct ClientFailure: Error {
    var exitCode = ExitCodes.failure
    let message: String
    /// What to do next.
    var advice: String?
}
