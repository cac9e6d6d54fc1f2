import VC3Commands
import VC3Model
import VC3Transport

/// A monitor that takes requests over HTTP, as curl(1) speaks it.
struct APFServer: Sendable {
    var address: String
    var runner: any CommandRunner

    /// - Throws: ``APFFailure`` when the monitor did not take it; it may have, all the same.
    func send(_ call: APFCall) async throws {
        let (type, body) =
            switch call.body {
            case .json(let value): ("application/json", try value.jsonBytes())
            case .form(let name, let text):
                ("application/x-www-form-urlencoded", Array("\(name)=\(text.percentEncoded)".utf8))
            }
        let result = try await runner.run(
            Command(
                [
                    "curl", "--disable", "--silent", "--show-error", "--fail", "--globoff", "--proto", "=http,https",
                    "--connect-timeout", "10", "--max-time", "30", "--request", call.method, "--header",
                    "Content-Type: \(type)", "--data-binary", "@-", "--output", "/dev/null", "--url",
                    address + call.path,
                ], input: body, timeout: .seconds(45)))
        guard result.succeeded else {
            let words = result.errorOutput.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300)
            throw APFFailure(description: "\(call.method) \(call.path): \(words)")
        }
    }
}

/// Why a monitor was not told.
struct APFFailure: Error, CustomStringConvertible { let description: String }
