import Subprocess

/// Runs commands on this machine, as this user.
public struct LocalRunner: CommandRunner {
    /// The most bytes of standard output that are kept; a command that writes more is stopped.
    public var outputLimit: Int

    public init(outputLimit: Int = 32 << 20) {
        self.outputLimit = outputLimit
    }

    public func run(_ command: Command) async throws(CommandError) -> CommandResult {
        var additions: [Environment.Key: String?] = [:]
        for (name, value) in command.environment {
            guard let key = Environment.Key(rawValue: name) else {
                throw CommandError(.localFailure, "\(name) is no name for an environment variable")
            }
            additions[key] = value
        }
        let process = ChildProcess(
            arguments: command.arguments, searchPath: command.environment["PATH"],
            environment: .inherit.updating(additions),
            workingDirectory: command.workingDirectory, timeout: command.timeout, outputLimit: outputLimit)
        let ended = try await process.run(input: .bytes(command.input))
        return CommandResult(
            status: ended.status, output: String(decoding: ended.output, as: UTF8.self),
            errorOutput: String(decoding: ended.errorOutput, as: UTF8.self), duration: ended.duration)
    }
}
