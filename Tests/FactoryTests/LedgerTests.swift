import BatchSystems
import Foundation
import Testing
import VC3Model

@testable import Factory

@Suite struct LedgerTests {
    @Test func everythingAcknowledgedIsThereAfterOpeningAgain() async throws {
        try await withScratch { folder in
            let entries = Self.entries
            var before = try Ledger(folder: folder) as Ledger?
            try await before?.append(Array(entries.prefix(3)))
            try await before?.append(Array(entries.dropFirst(3)))
            let expected = await before?.contents()
            before = nil
            let after = try Ledger(folder: folder)
            #expect(await after.contents() == expected)
            #expect(after.tornBytes == 0)
            #expect(await after.contents().pilots.count == 2)
            #expect(await after.contents().tallies["set"]?[.done] == 1)
        }
    }

    @Test func aTornLastLineIsCutOffAndReported() async throws {
        try await withScratch { folder in
            let whole = try Self.written(Self.entries, in: folder)
            for cut in 1..<40 {
                try whole.dropLast(cut).write(to: Self.journal(folder))
                let ledger = try Ledger(folder: folder)
                #expect(ledger.tornBytes > 0, "cut by \(cut)")
                #expect(await ledger.contents().pilots.count == 3)
                try await ledger.append([Self.entries[Self.entries.count - 1]])
                #expect(try Data(contentsOf: Self.journal(folder)) == whole)
            }
        }
    }

    @Test func aDamagedLastLineCountsAsTorn() async throws {
        try await withScratch { folder in
            var bytes = try Self.written(Self.entries, in: folder)
            bytes[bytes.count - 3] ^= 1
            try bytes.write(to: Self.journal(folder))
            #expect(try Ledger(folder: folder).tornBytes > 0)
        }
    }

    @Test func aDamagedLineInTheMiddleIsRefusedByNumber() async throws {
        try await withScratch { folder in
            var bytes = try Self.written(Self.entries, in: folder)
            bytes[30] ^= 1
            try bytes.write(to: Self.journal(folder))
            let error = try #require(throws: LedgerError.self) { try Ledger(folder: folder) }
            #expect(error.reason == .damaged)
            #expect(error.message.hasPrefix("line 1 of"))
        }
    }

    @Test func onlyOneFactoryOpensIt() async throws {
        try await withScratch { folder in
            let first = try Ledger(folder: folder)
            let error = try #require(throws: LedgerError.self) { try Ledger(folder: folder) }
            #expect(error.reason == .inUse)
            try await first.append(Self.entries)
        }
    }

    @Test func compactionKeepsTheContentsAndBoundsTheFile() async throws {
        try await withScratch { folder in
            var ledger = try Ledger(folder: folder, smallestCompaction: 10_000) as Ledger?
            for round in 0..<500 {
                var record = Self.record("p\(round)")
                record.stage = .ended
                record.end = .done
                try await ledger?.append([.pilot(record: record), .forgotten(pilot: record.id)])
            }
            try await ledger?.append([.pilot(record: Self.record("last"))])
            let size = try Data(contentsOf: Self.journal(folder)).count
            #expect(size < 20_000)
            ledger = nil
            let contents = await (try Ledger(folder: folder)).contents()
            #expect(contents.tallies["set"]?[.done] == 500)
            #expect(contents.pilots.keys.map(\.rawValue) == ["last"])
        }
    }

    @Test func manyWritersShareFlushes() async throws {
        try await withScratch { folder in
            let ledger = try Ledger(folder: folder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask { try await ledger.append([.pilot(record: Self.record("p\(number)"))]) }
                }
                try await group.waitForAll()
            }
            #expect(await ledger.contents().pilots.count == 200)
        }
    }

    @Test func pilotsAreWrittenAsTheEncoderWouldWriteThem() throws {
        var full = Self.record("a\"\\/\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}é\u{2028}")
        full.stage = .ended
        full.job = JobID(rawValue: "7_1")
        full.retiring = .surplus
        full.end = .failed
        let moments: [WritableKeyPath<PilotFacts, Timestamp?>] = [
            \.wantedAt, \.submittedAt, \.queuedAt, \.runningAt, \.validatedAt, \.joinedAt, \.drainingAt, \.retiringAt,
            \.endedAt, \.clearedAt, \.tokenEnds,
        ]
        for (number, path) in moments.enumerated() {
            full.facts[keyPath: path] = Timestamp(milliseconds: 1_800_000_000_000 + Int64(number))
        }
        full.walltime = 3600
        full.isTokenLate = true
        full.host = "n1"
        full.exit = PilotExit(word: "w", message: "m", code: 143)
        full.wasAdopted = true
        full.lastLines = ["one", "", "\u{0}"]
        // A field that is added later must be added here and to the text.
        for (name, value) in Mirror(reflecting: full.facts).children {
            #expect(Mirror(reflecting: value).displayStyle != .optional || "\(value)" != "nil", "\(name ?? "")")
        }
        var lines = full
        lines.lastLines = []
        for entry in Self.entries + [.pilot(record: full), .pilot(record: lines), .forgotten(pilot: full.id)] {
            var bytes: [UInt8] = []
            try LedgerText.append(entry, to: &bytes)
            #expect(
                String(decoding: bytes, as: UTF8.self)
                    == String(decoding: try JSONValue.encoder().encode(entry), as: UTF8.self))
        }
    }

    @Test func copiesOfARecordChangeAlone() {
        let first = Self.record("a")
        var second = first
        second.host = "n1"
        #expect(first.host == nil)
        #expect(second.host == "n1")
        #expect(first != second)
        second.host = nil
        #expect(first == second)
    }

    @Test func aSetThatGoesTakesItsClearedPilotsAlong() {
        var contents = LedgerContents()
        var cleared = Self.record("a")
        cleared.stage = .ended
        cleared.clearedAt = Timestamp(milliseconds: 5)
        let entries: [LedgerEntry] = [
            .pilot(record: cleared), .pilot(record: Self.record("b")), .setRemoved(pilotSet: "set"),
        ]
        for entry in entries { contents.apply(entry) }
        #expect(contents.pilots.keys.map(\.rawValue) == ["b"])
        contents.apply(.forgotten(pilot: PilotID(rawValue: "b")))
        #expect(contents == LedgerContents())
    }

    static let place = Simulation.places[0]

    static func record(_ id: String) -> PilotRecord {
        PilotRecord(
            id: PilotID(rawValue: id), pilotSet: "set", site: SiteID(place), intendedAt: Timestamp(milliseconds: 1))
    }

    static var entries: [LedgerEntry] {
        var done = record("a")
        done.stage = .ended
        done.end = .done
        return [
            .site(id: SiteID(place), place: place), .pilot(record: record("a")), .pilot(record: record("b")),
            .pilot(record: done), .pilot(record: record("c")), .forgotten(pilot: done.id),
        ]
    }

    private static func journal(_ folder: String) -> URL { URL(fileURLWithPath: folder + "/journal") }

    private static func written(_ entries: [LedgerEntry], in folder: String) throws -> Data {
        var bytes: [UInt8] = []
        for entry in entries { try LedgerLine.append(entry, to: &bytes) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: journal(folder))
        return Data(bytes)
    }
}

func withScratch<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = "/tmp/vc3-factory-test-" + PilotID.random().rawValue
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
