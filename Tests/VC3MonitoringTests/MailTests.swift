import Testing
import VC3Commands

@testable import VC3Monitoring

@Suite struct MailTests {
    static let message = MailMessage(
        from: "vc3@f.example.org", to: ["a@example.org", "b@example.org"], subject: "pilots fail at ana@alpha",
        text: "One.\nTwo.")

    @Test func theWireFormHasHeadersABlankLineAndTheText() {
        let lines = Self.message.wireForm(date: "Fri, 27 Nov 2026 02:00:00 +0000", id: "17").split(
            separator: "\r\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(5) == [
                "From: <vc3@f.example.org>", "To: <a@example.org>, <b@example.org>",
                "Subject: pilots fail at ana@alpha",
                "Date: Fri, 27 Nov 2026 02:00:00 +0000", "Message-ID: <17@f.example.org>",
            ])
        #expect(lines.suffix(4) == ["", "One.", "Two.", ""])
    }

    @Test(arguments: [
        ("one\r\nBcc: x@example.org", "Subject: one Bcc: x@example.org"), ("tab\tbell\u{7}", "Subject: tab bell?"),
        ("caf\u{e9}", "Subject: caf?"),
    ])
    func aSubjectIsOneLineOfASCII(subject: String, line: String) {
        var message = Self.message
        message.subject = subject
        let lines = message.wireForm(date: "", id: "").split(separator: "\r\n")
        #expect(lines.contains { $0 == line[...] }, "\(lines)")
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
    }

    @Test func longLinesAreCutAndNoneIsLostInside() {
        var message = Self.message
        message.text = String(repeating: "x", count: 1000)
        let lines = message.wireForm(date: "", id: "").split(separator: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 998 })
        #expect(lines.joined().contains(message.text))
    }

    @Test(arguments: [
        ("a@example.org", true), ("root@localhost", true), ("a.b+c@x-y.z", true), ("a", false), ("@b", false),
        ("a@", false), ("a@b@c", false), ("-o@b", false), ("a b@c", false), ("a@b\nc", false), ("<a@b>", false),
        ("a@b,c@d", false), ("caf\u{e9}@b", false),
    ])
    func anAddressIsANameAndAHost(text: String, isAddress: Bool) {
        #expect(MailMessage.isAddress(text) == isAddress)
    }

    @Test(arguments: [
        ("mail.example.org", true), ("127.0.0.1:2525", true), ("[::1]:25", true), ("", false), ("-v", false),
        ("a/b", false), ("a b", false), ("user:pw@host", false),
    ])
    func aServerIsAHostAndPerhapsAPort(text: String, isAddress: Bool) {
        #expect(MailServer.isAddress(text) == isAddress)
    }

    @Test func theTextGoesThroughStandardInputAndNotThroughArguments() async throws {
        let runner = RecordingRunner()
        try await MailServer(address: "localhost:25", runner: runner).deliver(Self.message, date: "d", id: "i")
        let command = try #require(await runner.commands.first)
        #expect(command.arguments.first == "curl" && command.arguments.contains("smtp://localhost:25"))
        #expect(command.arguments.filter { $0 == "--mail-rcpt" }.count == 2)
        #expect(!command.arguments.contains { $0.contains("Two.") })
        #expect(String(decoding: command.input, as: UTF8.self) == Self.message.wireForm(date: "d", id: "i"))
    }

    @Test func aServerThatDoesNotTakeItIsNamed() async {
        let runner = RecordingRunner(answer: CommandResult(status: .exited(7), errorOutput: "curl: (7) no\nroute\n"))
        await #expect(throws: MailFailure.self) {
            try await MailServer(address: "nowhere:25", runner: runner).deliver(Self.message, date: "d", id: "i")
        }
    }
}

actor RecordingRunner: CommandRunner {
    private(set) var commands: [Command] = []
    private let answer: CommandResult

    init(answer: CommandResult = CommandResult(status: .exited(0))) { self.answer = answer }

    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        commands.append(command)
        return answer
    }
}
