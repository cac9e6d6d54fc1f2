public import ArgumentParser
import Foundation

extension AsyncParsableCommand {
    /// Runs the command line of this process and ends it: with 0 when it is done and after help, with 2 for a command line
    /// that cannot be understood, and otherwise with the `ExitCode` that the command threw, or 1.
    public static func runToEnd() async -> Never {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            exit()
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }
}
