import Factory
import Foundation
import Testing
import VC3Model
import VC3Testing

@testable import FactoryLogs

@Suite struct LogWriterTests {
    static func output(_ pilot: String, queue: String = "run.workers.ana", owner: String = "ana") -> PilotOutput {
        PilotOutput(
            pilot: PilotID(rawValue: pilot), queue: queue, owner: owner,
            endedAt: Timestamp("2026-11-27T09:08:07.000Z") ?? Timestamp(milliseconds: 0), end: "failed: no_network",
            job: "17", lines: ["one", "two"])
    }

    @Test func aLogIsItsOwnersAlone() async throws {
        try await withScratchPath { base in
            let writer = LogWriter(LogLayout(base: base, address: "https://logs"))
            for _ in 0..<2 { try await writer.keep([Self.output("p1")]) }
            let folder = base + "/2026-11-27/run.workers.ana"
            #expect(
                try String(contentsOfFile: folder + "/p1.out", encoding: .utf8)
                    == "# pilot p1, job 17, ended 2026-11-27T09:08:07.000Z, failed: no_network\none\ntwo\n")
            #expect(try String(contentsOfFile: folder + "/.owner", encoding: .utf8) == "ana\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [".owner", "p1.out"])
            for (path, mode) in [(folder, 0o700), (folder + "/p1.out", 0o600), (folder + "/.owner", 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == mode)
            }
        }
    }

    @Test func aNameThatHadAnotherOwnerThatDayGetsAFolderOfItsOwn() async throws {
        try await withScratchPath { base in
            let writer = LogWriter(LogLayout(base: base, address: "https://logs"))
            try await writer.keep([Self.output("p1"), Self.output("p2", owner: "ben"), Self.output("p3")])
            let day = base + "/2026-11-27"
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: day).filter { $0.hasSuffix(".out") }.sorted() == [
                    "run.workers.ana/p1.out", "run.workers.ana/p3.out", "run.workers.ana~ben/p2.out",
                ])
        }
    }

    /// A folder in which a queue of files has logs does not become a user's.
    @Test func logsOfOthersAreNotGivenAway() async throws {
        try await withScratchPath { base in
            let folder = base + "/2026-11-27/run.workers.ana"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("theirs".utf8).write(to: URL(filePath: folder + "/1.0.out"))
            try await LogWriter(LogLayout(base: base, address: "")).keep([Self.output("p1")])
            #expect(!FileManager.default.fileExists(atPath: folder + "/.owner"))
            #expect(FileManager.default.fileExists(atPath: folder + "~ana/p1.out"))
        }
    }
}
