import Factory
import Logging
import Synchronization
import Testing
import VC3Commands
import VC3Model
import VC3Monitoring
import VC3Testing

@testable import FactoryMonitors

@Suite(.timeLimit(.minutes(5))) struct AdminMailTests {
    @Test func aRestartDoesNotRepeatWhatWasSent() async throws {
        try await withScratchPath { folder in
            let certificate = CertificateLife(begin: Timestamp(milliseconds: 0), end: Timestamp(milliseconds: 1))
            let first = PostBox()
            try await Self.run(folder, first, silent: false, certificate, until: 1)
            #expect(await first.subjects == ["VC3 factory f1: the factory's certificate is about to end"])
            // Some rounds later the other mail is due; the certificate's was due in all of them.
            let second = PostBox()
            try await Self.run(folder, second, silent: true, certificate, until: 1)
            #expect(await second.subjects == ["VC3 factory f1: the Infoservice does not answer"])
        }
    }

    @Test func aMailThatWasNotTakenIsTriedAgainLater() async throws {
        try await withScratchPath { folder in
            let file = MailThrottleFile(path: folder + "/mails.json")
            var throttle = try await file.load()
            _ = throttle.begins("certificate", at: 0, interval: .seconds(9999), retry: AdminMail.retry)
            try await file.store(throttle)
            var kept = try await file.load()
            let isDue = [599_000, 600_000].map {
                kept.begins("certificate", at: $0, interval: .seconds(9999), retry: AdminMail.retry)
            }
            #expect(isDue == [false, true])
        }
    }

    @Test(arguments: [(0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_795_745_884_000, "Fri, 27 Nov 2026 02:18:04 +0000")])
    func datesAreThoseOfMail(milliseconds: Int, text: String) {
        #expect(AdminMail.date(Timestamp(milliseconds: Int64(milliseconds))) == text)
    }

    /// Runs until so many mails were taken, and a round more.
    private static func run(
        _ folder: String, _ box: PostBox, silent: Bool, _ certificate: CertificateLife, until count: Int
    ) async throws {
        // Each question moves the clock by an hour, so that silence lasts.
        let hours = Counter(100)
        let rounds = Counter(0)
        var settings = AdminMailSettings(
            recipients: ["root@localhost"], sender: "vc3@localhost", server: MailServer(address: "x", runner: box),
            name: "f1", repeatInterval: .seconds(3600 * 10_000),
            throttle: MailThrottleFile(path: folder + "/mails.json"),
            interval: .milliseconds(5))
        settings.infoserviceAnswers = {
            _ = rounds.next()
            return !silent
        }
        settings.certificate = { certificate }
        let clock = WallClock { Timestamp(milliseconds: hours.next() * 3_600_000) }
        let mail = AdminMail(FactoryObservation(), settings, clock: clock, logger: Logger(label: "test"))
        let task = Task { try await mail.run() }
        while await box.subjects.count < count { try await Task.sleep(for: .milliseconds(2)) }
        let seen = rounds.current
        while rounds.current < seen + 2 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        _ = try await task.value
    }
}

private final class Counter: Sendable {
    private let value: Mutex<Int64>

    init(_ start: Int64) { value = Mutex(start) }

    var current: Int64 { value.withLock { $0 } }

    func next() -> Int64 {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Takes every mail.
private actor PostBox: CommandRunner {
    private(set) var subjects: [String] = []

    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        let lines = String(decoding: command.input, as: UTF8.self).split(separator: "\r\n")
        subjects += lines.filter { $0.hasPrefix("Subject: ") }.map { String($0.dropFirst("Subject: ".count)) }
        return CommandResult(status: .exited(0))
    }
}
