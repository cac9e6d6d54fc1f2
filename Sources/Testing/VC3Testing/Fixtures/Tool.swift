import VC3Commands

/// Runs an installed program, so that our output is judged by somebody else's reading of the standards.
public enum Tool {
    public struct Outcome: Sendable {
        public let status: Int32
        /// Standard output, then standard error.
        public let output: String
    }

    public static func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let result = try await LocalRunner().run(
            Command(arguments, input: Array(input.utf8), timeout: .seconds(120)))
        let status: Int32 =
            switch result.status {
            case .exited(let code): code
            case .signaled(let number): 128 + number
            }
        return Outcome(status: status, output: result.output + result.errorOutput)
    }
}
