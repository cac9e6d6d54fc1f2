import VC3Commands

/// Why it is not known how many jobs wait. It says nothing about any job.
public struct DemandError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }

    /// Why `reply` of `program` cannot be believed; `nil` when the program ended well.
    static func failure(of program: String, _ reply: CommandResult) -> DemandError? {
        if reply.succeeded { return nil }
        let said = (reply.errorOutput.isEmpty ? reply.output : reply.errorOutput)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(300)
        if reply.status == .exited(127) {
            return DemandError(
                "\(program) is not there: \(said). Who runs the Factory can install it, or name its path in the queue's section"
            )
        }
        return DemandError(
            "\(program) does not answer: \(said.isEmpty ? "it says nothing" : said). It is asked again; see that the service runs"
        )
    }
}
