import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// What is told to pilots and what they tell, by scripts that this machine's shell runs in a home of their own.
@Suite struct ShellPilotFilesTests {
    @Test func tokensAreReplacedWholeForTheOwnerAndOnlyWhereThePilotIs() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            try await site.renew([shell.id("a"): "newer secret", shell.id("gone"): "another"])
            let folder = try shell.root + "/pilots/"
            #expect(try String(contentsOfFile: folder + "a/token", encoding: .utf8) == "newer secret\n")
            #expect(try shell.mode(folder + "a/token") == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
            #expect(try !FileManager.default.contentsOfDirectory(atPath: folder + "a").contains("token.new"))
        }
    }

    @Test func pilotsAreToldToFinishByAFileOfTheirFolder() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            try await site.drain([shell.id("a"): 90, shell.id("gone"): 90])
            let folder = try shell.root + "/pilots/"
            #expect(try String(contentsOfFile: folder + "a/drain", encoding: .utf8) == "90\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }

    @Test func whatAPilotLeftIsFetchedWithoutItsToken() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            let folder = try shell.root + "/pilots/a/"
            let lines =
                (1...100).map { "line \($0)" } + ["@@vc3 end", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJyIn0.c2ln \u{1B}[1m"]
            try lines.joined(separator: "\n").write(toFile: folder + "pilot.out", atomically: true, encoding: .utf8)
            try #"{"phase":"ended","exitCode":3,"message":"why"}"#.write(
                toFile: folder + "report.json", atomically: true, encoding: .utf8)
            let remains = try await site.inquire([shell.id("a"), shell.id("gone")], books: [])
            #expect(remains.reports == [shell.id("a"): PilotReport(phase: "ended", exitCode: 3, message: "why")])
            #expect(remains.lines[shell.id("a")]?.suffix(3) == ["line 100", "@@vc3 end", "[token] ?[1m"])
            #expect(remains.lines[shell.id("a")]?.count == 20)
            #expect(try await site.output(of: shell.id("a"), lines: 3) == "line 100\n@@vc3 end\n[token] ?[1m")
            #expect(try await site.output(of: shell.id("gone"), lines: 3) == nil)
        }
    }

    @Test func aLookBringsJobsAndReports() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a"), shell.order("b")], epoch: "e1")
            try Data(#"{"phase":"ended","reason":"full","exitCode":11,"more":1}"#.utf8)
                .write(to: URL(fileURLWithPath: try shell.root + "/pilots/b/report.json"))
            let view = try await site.look()
            #expect(view.jobs.map(\.tag).sorted() == ["vc3-a", "vc3-b"])
            #expect(view.reports == [shell.id("b"): PilotReport(phase: "ended", reason: "full", exitCode: 11)])
        }
    }

    @Test func aStatusThatFailsIsNoAnswer() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            try Data().write(to: URL(fileURLWithPath: shell.home + "/down"))
            let failure = await #expect(throws: SiteFailure.self) { _ = try await site.look() }
            #expect(failure?.reason == "BatchSystemUnavailable")
        }
    }
}
