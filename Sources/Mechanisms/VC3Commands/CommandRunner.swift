/// A place where commands can be run.
public protocol CommandRunner: Sendable {
    /// Runs `command` to its end.
    ///
    /// A program that ends with a non-zero code, or by a signal, is a result. A throw means that the result is not
    /// known; ``CommandError/outcomeUnknown`` says whether the program may have done its work all the same. A runner
    /// never runs a command a second time unless it is certain that the first attempt did not start.
    ///
    /// Cancelling the calling task ends the command's local process and throws ``CommandError/Reason/cancelled``.
    func run(_ command: Command) async throws(CommandError) -> CommandResult
}
