import BatchSystems
import Foundation
import Testing
import VC3Model

@testable import Factory

/// How a pilot ended, for every combination of what is known that matters.
@Suite struct PilotEndingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var job: JobReport?
        var own: PilotReport?
        var retiring: RetirementCause?
        /// Seconds since it began to run, of a walltime of 600.
        var ran = 100
        var end: PilotEnd
        var word: String?

        init(
            _ text: String, job: JobReport? = nil, own: PilotReport? = nil, retiring: RetirementCause? = nil,
            ran: Int = 100, _ end: PilotEnd, _ word: String? = nil
        ) {
            testDescription = text
            self.job = job
            self.own = own
            self.retiring = retiring
            self.ran = ran
            self.end = end
            self.word = word
        }
    }

    private static func job(_ state: JobState, _ native: String) -> JobReport {
        JobReport(tag: "vc3-p", job: JobID(rawValue: "1"), state: state, nativeState: native, reason: "words")
    }
    private static func own(_ reason: String, _ code: Int32) -> PilotReport {
        PilotReport(phase: "ended", reason: reason, exitCode: code)
    }

    static let cases: [Case] = [
        Case("its own good end", job: job(.done, "COMPLETED"), own: own("idle", 0), .done, "idle"),
        Case("its own bad end", job: job(.failed, "FAILED"), own: own("not-joined", 12), .failed, "not-joined"),
        Case("the walltime by its own word", own: own("walltime", 0), .expired, "walltime"),
        Case(
            "its own word and a batch system that killed the rest", job: job(.failed, "TIMEOUT"), own: own("idle", 0),
            .done),
        Case("the walltime by the batch system's word", job: job(.failed, "TIMEOUT"), .expired, "TIMEOUT"),
        Case("killed at the end of its walltime", job: job(.failed, "failed 100"), ran: 580, .expired, "failed 100"),
        Case("killed long before", job: job(.failed, "failed 100"), ran: 500, .failed, "failed 100"),
        Case("a signal at the end of its walltime", own: own("signal", 143), ran: 590, .expired, "signal"),
        Case("a signal before", own: own("signal", 143), .failed, "signal"),
        Case("somebody else's cancellation", job: job(.cancelled, "CANCELLED"), .failed, "CANCELLED"),
        Case("ours", job: job(.cancelled, "CANCELLED"), retiring: .surplus, .cancelled),
        Case("ours, whatever it says", own: own("signal", 143), retiring: .terminated, .cancelled, "signal"),
        Case("a held one", retiring: .held, .failed),
        Case("forgotten by the site", retiring: .missing, .vanished, "vanished"),
        Case("forgotten, and it tells", own: own("idle", 0), retiring: .missing, .done),
        Case("forgotten, and the books tell", job: job(.failed, "failed 19"), retiring: .missing, .failed, "failed 19"),
        Case("forgotten when its walltime was over", retiring: .missing, ran: 575, .expired, "walltime"),
        Case(
            "a report of one that lives says nothing", own: PilotReport(phase: "joined"), retiring: .missing, .vanished),
    ]

    @Test(arguments: cases)
    func endsAreToldApart(_ item: Case) {
        var record = LedgerTests.record("p")
        record.walltime = 600
        record.runningAt = Timestamp(milliseconds: 0)
        record.retiring = item.retiring
        let now = Timestamp(milliseconds: Int64(item.ran) * 1000)
        let ending = PilotEnding(of: record, job: item.job, own: item.own, at: now)
        #expect(ending.end == item.end)
        if let word = item.word { #expect(ending.exit?.word == word) }
    }

    @Test func signalsAreReadFromExitCodes() {
        #expect(PilotExit(word: "signal", code: 137).signal == 9)
        #expect(PilotExit(word: "signal", code: 128).signal == nil)
        #expect(PilotExit(word: "signal", code: 12).signal == nil)
    }

    @Test func aNodeWithAWrongClockTellsNoImpossibleTimes() {
        var record = LedgerTests.record("p")
        record.submittedAt = Timestamp(milliseconds: 10_000)
        let now = Timestamp(milliseconds: 60_000)
        record.facts.learn(
            from: PilotReport(phase: "joined", node: "n1", phases: ["validated": 3, "joined": 4_000]), at: now)
        #expect(record.validatedAt == record.submittedAt)
        #expect(record.joinedAt == now)
        #expect(record.host == "n1" && record.phase == .joined)
        // What is known once does not change.
        record.facts.learn(from: PilotReport(phase: "joined", phases: ["joined": 50]), at: now + .seconds(60))
        #expect(record.joinedAt == now && record.host == "n1")
    }

    @Test func ledgersOfOlderReleasesAreRead() throws {
        let line =
            #"{"pilot":{"record":{"id":"a","intendedAt":"2026-01-31T12:00:00.000Z","pilotSet":"set","site":"abc","stage":"running","job":"7","runningAt":"2026-01-31T12:00:05.000Z","submittedAt":"2026-01-31T12:00:01.000Z"}}}"#
        let entry = try JSONDecoder().decode(LedgerEntry.self, from: Data(line.utf8))
        guard case .pilot(let record) = entry else {
            Issue.record("\(entry)")
            return
        }
        #expect(record.timeline.map(\.phase) == [.intended, .submitted, .started])
        #expect(record.phase == .started && !record.isCleared && record.walltime == nil)
    }
}

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("plain\ttext\nmore", "plain\ttext\nmore"), ("red \u{1B}[31m", "red ?[31m"), ("a\u{9B}b\u{7F}", "a?b?"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJyLnZjMyJ9.c2lnbmF0dXJl.", "token [token]"),
        ("eyJhbGciOiJIUzI1NiJ9 alone is none", "eyJhbGciOiJIUzI1NiJ9 alone is none"),
    ])
    func tokensAndControlCharactersAreTakenOut(_ text: String, _ shown: String) {
        #expect(PrintableText.cleaned(text) == shown)
    }
}
