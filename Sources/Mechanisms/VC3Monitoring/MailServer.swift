public import VC3Commands

/// A server that takes mail by SMTP, as curl(1) speaks it.
public struct MailServer: Sendable {
    /// `HOST` or `HOST:PORT`.
    public var address: String
    private let runner: any CommandRunner

    /// - Parameter runner: Where curl runs.
    public init(address: String, runner: any CommandRunner = LocalRunner()) {
        self.address = address
        self.runner = runner
    }

    /// Whether a text names a host, and perhaps a port, and nothing else that curl would read in an address.
    public static func isAddress(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-")
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:[]".contains($0)) }
    }

    /// Hands a mail over; after a return the server answers for it.
    ///
    /// - Parameters:
    ///   - date: As in RFC 5322, 3.3.
    ///   - id: Unique among all mails.
    /// - Throws: ``MailFailure``; the server may have taken the mail all the same.
    public func deliver(_ message: MailMessage, date: String, id: String) async throws(MailFailure) {
        let command = Command(
            arguments(for: message), input: Array(message.wireForm(date: date, id: id).utf8), timeout: .seconds(45))
        let result: CommandResult
        do { result = try await runner.run(command) } catch {
            throw MailFailure("curl, which hands mails over, does not run: \(error)")
        }
        guard result.succeeded else {
            let words = result.errorOutput.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300)
            throw MailFailure("the mail server '\(address)' did not take a mail: \(words)")
        }
    }

    func arguments(for message: MailMessage) -> [String] {
        // Encrypted where the server can, as between mail servers: whoever could show a false certificate could as well
        // hide that it can, so certificates are not looked at. No file of curl's is read.
        ["curl", "--disable", "--silent", "--show-error", "--ssl", "--insecure", "--connect-timeout", "10"]
            + ["--max-time", "30", "--url", "smtp://\(address)", "--mail-from", message.from]
            + message.to.flatMap { ["--mail-rcpt", $0] } + ["--upload-file", "-"]
    }
}

/// Why a mail was not handed over.
public struct MailFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
