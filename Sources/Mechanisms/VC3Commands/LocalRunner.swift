/// Runs commands on this machine, as this user.
public struct LocalRunner: CommandRunner {
    /// The most bytes of standard output that are kept; a command that writes more is stopped.
    public var outputLimit: Int

    public init(outputLimit: Int = 32 << 20) {
        self.outputLimit = outputLimit
    }

    public func run(_ command: Command) async throws(CommandError) -> CommandResult {
        throw CommandError(.localFailure, "cannot run \(command.arguments.first ?? "nothing")")
    }
}
