import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// How a site is made ready, by scripts that this machine's shell runs in a home of their own; who may do so; and clearing up.
@Suite struct ShellStagingTests {
    @Test func stagingPutsTheBundleThereOnceAndForOwnerOnly() async throws {
        try await withShell { shell in
            let site = shell.site()
            try await site.open()
            #expect(try await site.stage(epoch: "e1").isLacking)
            let root = try shell.root
            #expect(try shell.mode(root) == 0o700)
            try await site.deliver()
            let bundle = try #require(try FileManager.default.contentsOfDirectory(atPath: root + "/bundle").first)
            #expect(bundle.hasSuffix(".tar.gz"))
            let first = try shell.changed(root + "/bundle/" + bundle)
            #expect(try await !site.stage(epoch: "e2").isLacking)
            #expect(try shell.changed(root + "/bundle/" + bundle) == first)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasPrefix("epoch") } == [
                    "epoch.t1.e2"
                ])
        }
    }

    @Test func whoWasStoppedWhileAnotherTookOverDoesNothingAnyMore() async throws {
        try await withShell { shell in
            let former = shell.site(term: 99)
            _ = try await former.stage(epoch: "e1")
            _ = try await former.submit([shell.order("a")], epoch: "e1")
            // Terms are numbers, not texts.
            let later = shell.site(term: 100)
            #expect(try await later.stage(epoch: "e2").pilots.map(\.pilot) == [shell.id("a")])

            func isSuperseded(_ what: String, _ step: () async throws -> Void) async {
                let error = await #expect(throws: SiteFailure.self, "\(what)") { try await step() }
                #expect(error?.reason == "Superseded" && error?.outcomeUnknown == false, "\(what)")
            }
            await isSuperseded("submit") { _ = try await former.submit([shell.order("b")], epoch: "e1") }
            await isSuperseded("stage") { _ = try await former.stage(epoch: "e3") }
            await isSuperseded("recover") { _ = try await former.recover([shell.id("b")]) }
            await isSuperseded("cancel") { try await former.cancel([JobID(rawValue: "job-a")]) }
            await isSuperseded("drain") { try await former.drain([shell.id("a"): 1]) }
            await isSuperseded("bury") { try await former.bury([shell.id("a")]) }
            await isSuperseded("remove") { try await former.remove([shell.id("a")]) }
            await isSuperseded("wipe") { try await former.wipe() }
            #expect(try shell.submitted == ["a"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: shell.root + "/pilots") == ["a"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: shell.root + "/pilots/a").sorted().contains("fence")
            )
            _ = try await later.submit([shell.order("c")], epoch: "e2")
            #expect(try shell.submitted == ["a", "c"])
        }
    }

    @Test func ofTwoThatStageAtTheSameTimeTheLaterOneStays() async throws {
        try await withShell { shell in
            for round in 0..<10 {
                async let former = try? shell.site(term: Int64(2 * round + 1)).stage(epoch: "e1")
                async let later = shell.site(term: Int64(2 * round + 2)).stage(epoch: "e2")
                _ = await former
                _ = try await later
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: shell.root).filter { $0.hasPrefix("epoch") }
                        == ["epoch.t\(2 * round + 2).e2"])
            }
        }
    }

    @Test func withoutTheLeaseNoCommandIsRun() async throws {
        try await withShell { shell in
            let lost = SiteFailure(reason: "LeaseLost", message: "lost", mender: .nobody, isOurs: true)
            let site = shell.site { () async throws(SiteFailure) in throw lost }
            await #expect(throws: lost) { _ = try await site.stage(epoch: "e1") }
            #expect(!FileManager.default.fileExists(atPath: shell.home + "/.vc3"))
        }
    }

    @Test func aSiteTellsWhosePilotsItHas() async throws {
        try await withShell { shell in
            let site = shell.site()
            #expect(try await site.stage(epoch: "e1").pilots == [])
            var order = shell.order("a")
            order.intendedAt = Timestamp(milliseconds: 1_234_567)
            _ = try await site.submit([order], epoch: "e1")
            // One that was given up before anything was written there.
            _ = try await site.recover([shell.id("b")])
            let found = try await site.stage(epoch: "e2").pilots
            #expect(
                found == [
                    FoundPilot(
                        pilot: shell.id("a"), pilotSet: "set", intendedAt: order.intendedAt,
                        walltime: order.spec.walltime), FoundPilot(pilot: shell.id("b")),
                ])
        }
    }

    @Test func wipingLeavesNothingAndSparesOthers() async throws {
        try await withShell { shell in
            let site = shell.site()
            let other = shell.site(named: "other")
            _ = try await site.stage(epoch: "e1")
            _ = try await other.stage(epoch: "e1")
            try await site.remove([shell.id("a")])
            try await site.wipe()
            #expect(FileManager.default.fileExists(atPath: shell.home + "/.vc3/factory/other"))
            try await other.wipe()
            #expect(!FileManager.default.fileExists(atPath: shell.home + "/.vc3"))
            try await other.wipe()
        }
    }
}
