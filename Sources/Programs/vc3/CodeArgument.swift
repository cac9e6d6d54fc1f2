import Enrolling
import Foundation

/// The code that a command was given: itself, or `-` for the first line of standard input, where no process list shows it.
struct CodeArgument {
    let code: EnrolmentCode

    init(_ argument: String) throws {
        let text = argument == "-" ? readLine() ?? "" : argument
        code = try EnrolmentCode(text: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
