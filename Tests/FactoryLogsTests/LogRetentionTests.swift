import Foundation
import Logging
import Testing
import VC3Model
import VC3Testing

@testable import FactoryLogs

@Suite struct LogRetentionTests {
    private static func folder(_ day: String, _ name: String = "q", bytes: Int64 = 10) -> LogFolder {
        LogFolder(name: LogFolderName(day: day, folder: name), bytes: bytes)
    }

    private static func gone(_ folders: [LogFolder], _ retention: LogRetention) -> [String] {
        retention.surplus(of: folders, on: "2026-03-01").map { "\($0.name.day)/\($0.name.folder)" }
    }

    @Test func whatIsOlderThanItsDaysGoes() {
        let folders = ["2026-02-14", "2026-02-15", "2026-02-16", "2026-03-01", "2026-02-30", "2027-01-01"].map {
            Self.folder($0)
        }
        #expect(Self.gone(folders, LogRetention(keepDays: 14)) == ["2026-02-14/q"])
        #expect(Self.gone(folders, LogRetention(keepDays: 0)) == [])
    }

    @Test func aQueueSaysItsOwnDays() {
        let folders = ["q", "kept", "a_b", "kept~ana"].map { Self.folder("2026-02-01", $0) }
        let retention = LogRetention(keepDays: 7, keepDaysByQueue: ["kept": 0, "a/b": 90])
        #expect(Self.gone(folders, retention) == ["2026-02-01/q"])
    }

    /// Unless a queue of a file of the same name says otherwise.
    @Test func requestsHaveDaysOfTheirOwn() {
        let folders = ["kept", "run.workers.ana", "run.workers.ana~bob"].map { name in
            var folder = Self.folder("2026-02-15", name)
            folder.isOfRequest = true
            return folder
        }
        var retention = LogRetention(keepDays: 14, keepDaysByQueue: ["kept": 90], keepDaysOfRequests: 7)
        let file = Self.folder("2026-02-15", "of-a-file")
        #expect(
            Self.gone(folders + [file], retention) == ["2026-02-15/run.workers.ana", "2026-02-15/run.workers.ana~bob"])
        retention = LogRetention(keepDays: 7, keepDaysOfRequests: 0)
        #expect(Self.gone(folders + [file], retention) == ["2026-02-15/of-a-file"])
    }

    @Test func theOldestGoWhileThereIsTooMuchButNoneOfToday() {
        let folders = ["2026-03-01", "2026-02-27", "2026-02-28", "2026-02-26"].map { Self.folder($0) }
        func gone(_ most: Int64) -> [String] { Self.gone(folders, LogRetention(keepDays: 0, mostBytes: most)) }
        #expect(gone(40) == [])
        #expect(gone(25) == ["2026-02-26/q", "2026-02-27/q"])
        #expect(gone(0) == ["2026-02-26/q", "2026-02-27/q", "2026-02-28/q"])
    }

    @Test func cleaningFollowsNoLinkAndTakesEmptyDays() async throws {
        try await withScratchPath { base in
            let files = FileManager.default
            for path in ["logs/2026-01-01/q", "logs/2026-01-01/run", "logs/2026-03-01/q", "elsewhere/2026-01-02/q"] {
                try files.createDirectory(atPath: "\(base)/\(path)", withIntermediateDirectories: true)
                try Data("x".utf8).write(to: URL(filePath: "\(base)/\(path)/1.out"))
            }
            try Data("ana\n".utf8).write(to: URL(filePath: "\(base)/logs/2026-01-01/run/.owner"))
            try files.createSymbolicLink(
                atPath: "\(base)/logs/2026-01-02", withDestinationPath: "\(base)/elsewhere/2026-01-02")
            try files.createSymbolicLink(
                atPath: "\(base)/logs/2026-01-01/q/link", withDestinationPath: "\(base)/elsewhere/2026-01-02")
            let clock = WallClock { Timestamp("2026-03-01T12:00:00.000Z") ?? Timestamp(milliseconds: 0) }
            func clean(_ retention: LogRetention) async {
                await LogCleaning("\(base)/logs", clock: clock, logger: Logger(label: "test")) { retention }.clean()
            }
            await clean(LogRetention(keepDays: 7, keepDaysOfRequests: 90))
            #expect(!files.fileExists(atPath: "\(base)/logs/2026-01-01/q"))
            #expect(files.fileExists(atPath: "\(base)/logs/2026-01-01/run/1.out"))
            await clean(LogRetention(keepDays: 7))
            #expect(!files.fileExists(atPath: "\(base)/logs/2026-01-01"))
            #expect(files.fileExists(atPath: "\(base)/logs/2026-03-01/q/1.out"))
            #expect(files.fileExists(atPath: "\(base)/elsewhere/2026-01-02/q/1.out"))
        }
    }
}
