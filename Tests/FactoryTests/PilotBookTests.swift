import Testing
import VC3Model

@testable import Factory

@Suite struct PilotBookTests {
    /// Whatever happens to pilots, the lists and counts are those that looking at every record gives.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func listsFollowEveryChange(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var records: [PilotID: PilotRecord] = [:]
        var book = PilotBook([])
        for _ in 0..<300 {
            let number = Int.random(in: 0..<20, using: &random)
            let id = PilotID(rawValue: "p\(number)")
            if Int.random(in: 0..<10, using: &random) == 0 {
                records[id] = nil
                book[id] = nil
            } else {
                let record = Self.record(id, set: "s\(number % 3)", &random)
                records[id] = record
                book[id] = record
            }
            Self.expect(book, records)
        }
    }

    @Test func eachPilotExpiresOnceAndInOrder() {
        var book = PilotBook([])
        for (number, start) in [50, 10, 40, 20, 30, 60].enumerated() {
            var record = Self.running("p\(number)", start: start)
            book[record.id] = record
            record.host = "n1"
            book[record.id] = record
        }
        var ending = Self.running("p1", start: 10)
        ending.retiring = .surplus
        book[ending.id] = ending
        // A quarter of the walltime before its end.
        #expect(book.takeExpiring(by: Timestamp(milliseconds: 9_000)).isEmpty)
        #expect(book.takeExpiring(by: Timestamp(milliseconds: 115_000)).map(\.id.rawValue) == ["p3", "p4", "p2"])
        #expect(book.nextExpiry == Timestamp(milliseconds: 125_000))
        #expect(book.takeExpiring(by: Timestamp(milliseconds: 125_000)).map(\.id.rawValue) == ["p0"])
    }

    private static func running(_ id: String, start: Int) -> PilotRecord {
        var record = PilotRecord(
            id: PilotID(rawValue: id), pilotSet: "s", site: SiteID(LedgerTests.place),
            intendedAt: Timestamp(milliseconds: 0), walltime: 100)
        record.stage = .running
        record.runningAt = Timestamp(milliseconds: Int64(start) * 1000)
        return record
    }

    private static func record(_ id: PilotID, set: String, _ random: inout SeededRandom) -> PilotRecord {
        var record = PilotRecord(
            id: id, pilotSet: set, site: SiteID(LedgerTests.place), intendedAt: Timestamp(milliseconds: 0))
        record.stage = [.intended, .pending, .running, .ended][Int.random(in: 0..<4, using: &random)]
        if Bool.random(using: &random) { record.retiring = .surplus }
        if record.hasEnded {
            record.end = .done
            if Bool.random(using: &random) { record.clearedAt = Timestamp(milliseconds: 1) }
        }
        return record
    }

    private static func expect(_ book: PilotBook, _ records: [PilotID: PilotRecord]) {
        let all = records.values
        func ids(_ isMember: (PilotRecord) -> Bool) -> Set<PilotID> { Set(all.filter(isMember).map(\.id)) }
        #expect(book.alive == ids { !$0.hasEnded }.count)
        #expect(book.pending == ids { $0.stage == .pending }.count)
        #expect(book.intended == ids { $0.stage == .intended })
        #expect(book.retiring == ids { !$0.hasEnded && $0.retiring != nil })
        #expect(book.uncleared == ids { $0.hasEnded && !$0.isCleared })
        #expect(Set(book.pilotSets) == Set(all.map(\.pilotSet)))
        for set in ["s0", "s1", "s2"] {
            let page = book.page(of: set)
            func count(_ stage: PilotStage) -> Int {
                ids { $0.pilotSet == set && $0.stage == stage && $0.retiring == nil }.count
            }
            #expect(page.alive == ids { $0.pilotSet == set && !$0.hasEnded })
            #expect(page.cleared == ids { $0.pilotSet == set && $0.isCleared })
            #expect(page.submitting == count(.intended))
            #expect(page.pending == count(.pending))
            #expect(page.running == count(.running))
            #expect(page.retiring == ids { $0.pilotSet == set && !$0.hasEnded && $0.retiring != nil }.count)
            #expect(page.uncleared == ids { $0.pilotSet == set && $0.hasEnded && !$0.isCleared })
            #expect(page.ends[.done] == ids { $0.pilotSet == set && $0.hasEnded }.count)
        }
    }
}
