import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// What became of submissions whose answer was lost, by scripts that this machine's shell runs in a home of their own.
@Suite struct ShellRecoveringTests {
    @Test func recoveryTakesTheFenceOfWhatNeverHappenedForGood() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            #expect(try await site.recover([shell.id("a")]) == [shell.id("a"): .never])
            #expect(try await site.recover([shell.id("a")]) == [shell.id("a"): .never])
            // The script arrives after all.
            #expect(try await site.submit([shell.order("a")], epoch: "e1") == [shell.id("a"): .unclear("fenced")])
            #expect(try shell.submitted == [])
        }
    }

    @Test func recoveryAdoptsWhatWasSubmittedAndTellsRefusals() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a"), shell.order("refuse"), shell.order("c")], epoch: "e1")
            let answers = try await site.recover(["a", "refuse", "c"].map(shell.id))
            #expect(answers[shell.id("a")] == .submitted(JobID(rawValue: "job-a")))
            guard case .refused(let refusal) = answers[shell.id("refuse")] else {
                Issue.record("\(answers)")
                return
            }
            #expect(refusal.message.contains("no room"))
            // After a refusal the rest is not tried.
            #expect(answers[shell.id("c")] == .never)
            #expect(try shell.submitted == ["a"])
        }
    }

    @Test func aSubmitterThatDiedBetweenFenceAndAnswerIsFoundDead() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            // The snippet kills the script's own shell, after the batch system took the job.
            // Recovery looks for the name among all processes: it must not be part of anybody else's words.
            await #expect(throws: Never.self) { _ = try await site.submit([shell.order("diesatonce7q")], epoch: "e1") }
            #expect(
                try await site.recover([shell.id("diesatonce7q")]) == [
                    shell.id("diesatonce7q"): .begun(isSubmitting: false)
                ])
            try await site.bury([shell.id("diesatonce7q")])
            #expect(FileManager.default.fileExists(atPath: try shell.root + "/pilots/diesatonce7q/cancelled"))
        }
    }

    @Test func aSubmitterThatStillWorksIsSeen() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            let other = shell.site()
            _ = try await other.stage(epoch: "e1b")
            async let slow = other.submit([shell.order("slow")], epoch: "e1b")
            while !FileManager.default.fileExists(atPath: try shell.root + "/pilots/slow/fence/holder") {
                await Task.yield()
            }
            #expect(try await site.recover([shell.id("slow")]) == [shell.id("slow"): .begun(isSubmitting: true)])
            try Data().write(to: URL(fileURLWithPath: shell.home + "/go"))
            #expect(try await slow == [shell.id("slow"): .submitted(JobID(rawValue: "job-slow"))])
            #expect(
                try await site.recover([shell.id("slow")]) == [
                    shell.id("slow"): .submitted(JobID(rawValue: "job-slow"))
                ])
        }
    }
}
