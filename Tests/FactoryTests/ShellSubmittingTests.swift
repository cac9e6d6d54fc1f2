import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// Submitting by scripts that this machine's shell runs in a home of their own.
@Suite struct ShellSubmittingTests {
    @Test func aSubmissionWritesSecretsForTheOwnerOnly() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            let answers = try await site.submit([shell.order("a"), shell.order("b")], epoch: "e1")
            #expect(
                answers == [
                    shell.id("a"): .submitted(JobID(rawValue: "job-a")),
                    shell.id("b"): .submitted(JobID(rawValue: "job-b")),
                ])
            let folder = try shell.root + "/pilots/a"
            #expect(try shell.mode(folder) == 0o700)
            #expect(try shell.mode(folder + "/token") == 0o600)
            #expect(try String(contentsOfFile: folder + "/token", encoding: .utf8) == "secret of a\n")
            #expect(try shell.submitted == ["a", "b"])
        }
    }

    @Test func underAnotherEpochNothingIsSubmitted() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.stage(epoch: "e2")
            #expect(try await site.submit([shell.order("a")], epoch: "e1") == [shell.id("a"): .stale])
            #expect(try FileManager.default.contentsOfDirectory(atPath: shell.root + "/pilots") == [])
            #expect(try shell.submitted == [])
        }
    }

    @Test func pilotsThatTheSystemTakesTogetherAreSubmittedByOneCommand() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            // Somebody else has decided about one of them.
            _ = try await site.recover([shell.id("b")])
            let answers = try await site.submit(["a", "b", "c"].map(shell.order), epoch: "e1")
            #expect(
                answers == [
                    shell.id("a"): .submitted(JobID(rawValue: "job-a")), shell.id("b"): .unclear("fenced"),
                    shell.id("c"): .submitted(JobID(rawValue: "job-c")),
                ])
            #expect(try String(contentsOfFile: shell.home + "/jobs", encoding: .utf8) == "vc3-a\nvc3-c\n")
            #expect(
                try await site.recover([shell.id("c")]) == [shell.id("c"): .submitted(JobID(rawValue: "job-c"))])
        }
    }

    @Test func pilotsThatAreTakenTogetherHaveTheFilesThatOneAloneWouldHave() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let names = (1...12).map { "q7x.\($0)" }
            let answers = try await site.submit(names.map(shell.order), epoch: "e1")
            for name in names {
                #expect(answers[shell.id(name)] == .submitted(JobID(rawValue: "job-\(name)")))
                let folder = try shell.root + "/pilots/\(name)"
                let expected =
                    [ShellSite.label(of: shell.order(name))]
                    + WaitingPayload().files(
                        for: shell.order(name), at: PilotPlace(folder: folder, spool: try shell.root + "/spool"))
                for file in expected {
                    let text = try String(contentsOfFile: folder + "/" + file.name, encoding: .utf8)
                    #expect(text == file.content + (file.content.hasSuffix("\n") ? "" : "\n"))
                    #expect(try shell.mode(folder + "/" + file.name) == 0o600)
                }
                #expect(try shell.mode(folder) == 0o700)
            }
            // What was submitted so is found again.
            #expect(
                try await site.recover([shell.id(names[4])]) == [
                    shell.id(names[4]): .submitted(JobID(rawValue: "job-\(names[4])"))
                ])
        }
    }

    @Test func whenFilesCannotBeWrittenNoneIsSubmittedAndTheReasonIsTold() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let folder = try shell.root + "/pilots/x.2/token"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let answers = try await site.submit(["x.1", "x.2", "x.3"].map(shell.order), epoch: "e1")
            guard case .refused(let refusal) = answers[shell.id("x.1")] else {
                Issue.record("\(answers)")
                return
            }
            #expect(refusal.message.contains("irectory"))
            #expect(answers[shell.id("x.2")] == .skipped && answers[shell.id("x.3")] == .skipped)
            #expect(try shell.submitted == [])
        }
    }

    @Test func pilotsThatAreRefusedTogetherAllHaveTheReason() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let answers = try await site.submit(["a", "refuse"].map(shell.order), epoch: "e1")
            let recovered = try await site.recover(["a", "refuse"].map(shell.id))
            for name in ["a", "refuse"] {
                guard case .refused(let refusal) = answers[shell.id(name)],
                    case .refused(let later) = recovered[shell.id(name)]
                else {
                    Issue.record("\(answers) \(recovered)")
                    return
                }
                #expect(refusal.message.contains("no room") && later.message.contains("no room"))
            }
            #expect(try shell.submitted == [])
        }
    }

    @Test func anAnswerWithoutALineForAPilotLeavesItInDoubt() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let answers = try await site.submit(["a", "mute"].map(shell.order), epoch: "e1")
            #expect(answers[shell.id("a")] == .submitted(JobID(rawValue: "job-a")))
            guard case .unclear = answers[shell.id("mute")] else {
                Issue.record("\(answers)")
                return
            }
            #expect(try shell.submitted == ["a", "mute"])
        }
    }
}
