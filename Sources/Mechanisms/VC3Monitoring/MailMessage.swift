/// A mail in plain text.
public struct MailMessage: Sendable, Equatable {
    /// Addresses, `name@host`.
    public var from: String
    public var to: [String]
    public var subject: String
    public var text: String

    public init(from: String, to: [String], subject: String, text: String) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
    }

    /// Whether a text can be an address of an envelope: nothing in it could be taken for an option, or end a header.
    public static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 32 && $0.value != 127 }
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && isPlain
            && !text.contains { "<>\"\\,;".contains($0) }
            && !text.hasPrefix("-")
    }

    /// As it goes over the wire (RFC 5322), without the dots of SMTP, which its transport adds.
    ///
    /// - Parameters:
    ///   - date: As in RFC 5322, 3.3.
    ///   - id: Unique among all mails; left of the `@` of the message id.
    func wireForm(date: String, id: String) -> String {
        let host = from.split(separator: "@").last ?? "localhost"
        let head = [
            "From: <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ", "))",
            "Subject: \(Self.header(subject))", "Date: \(date)", "Message-ID: <\(id)@\(host)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
            // So that absence messages do not answer (RFC 3834, 5).
            "Auto-Submitted: auto-generated",
        ]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return (head + [""] + lines.flatMap { Self.folded($0) }).joined(separator: "\r\n") + "\r\n"
    }

    /// One line, of ASCII: anything else is a question mark. Control characters could begin another header.
    private static func header(_ text: String) -> String {
        String(text.prefix(200).map { $0.isASCII && $0 >= " " && $0 != "\u{7F}" ? $0 : $0.isWhitespace ? " " : "?" })
    }

    /// At most 998 bytes a line (RFC 5322, 2.1.1).
    private static func folded(_ line: Substring) -> [String] {
        var rest = line
        var lines: [String] = []
        while rest.count > 240 {
            lines.append(String(rest.prefix(240)))
            rest = rest.dropFirst(240)
        }
        return lines + [String(rest)]
    }
}
