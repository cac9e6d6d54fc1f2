import BatchSystems
import Testing
import VC3Model

@testable import Factory

/// What a Factory writes down about pilots that another one kept.
@Suite struct InheritanceTests {
    private static let site = SiteID(LedgerTests.place)

    private static func set(by factory: String?, done: Int = 0) throws -> Entity<PilotSet> {
        var status = PilotSet.Status(done: done, factory: factory)
        status.first_submit = Timestamp(milliseconds: 5)
        return try Entity(
            EntityRecord(
                metadata: metadata(.pilotset, "set"), spec: JSONValue(encoding: Simulation.spec(wanted: 3)),
                status: JSONValue(encoding: status)))
    }

    private static func pilot(_ name: String, _ edit: (inout Pilot.Status) -> Void) throws -> Entity<Pilot> {
        var status = Pilot.Status()
        status.factory = "other"
        status.timeline = ["intended": Timestamp(milliseconds: 1), "submitted": Timestamp(milliseconds: 2)]
        edit(&status)
        let spec = Pilot.Spec(pilotset: "set", request: "r", allocation: "a", resource: "alpha")
        return try Entity(
            EntityRecord(
                metadata: metadata(.pilot, name), spec: JSONValue(encoding: spec), status: JSONValue(encoding: status)))
    }

    private static func metadata(_ kind: EntityKind, _ name: String) -> EntityMetadata {
        let now = Timestamp(milliseconds: 9)
        return EntityMetadata(
            kind: kind, name: name, revision: Revision(1), generation: 1, owner: "ana", created: now, updated: now)
    }

    private static func record(_ name: String, _ edit: (inout PilotRecord) -> Void = { _ in }) -> PilotRecord {
        var record = PilotRecord(
            id: PilotID(rawValue: name), pilotSet: "set", site: site, intendedAt: Timestamp(milliseconds: 1))
        edit(&record)
        return record
    }

    private static func contents(_ records: [PilotRecord]) -> LedgerContents {
        var contents = LedgerContents()
        for record in records { contents.apply(.pilot(record: record)) }
        return contents
    }

    private static func after(
        _ set: Entity<PilotSet>, _ pilots: [Entity<Pilot>], _ contents: LedgerContents
    ) -> LedgerContents {
        var contents = contents
        for entry in Inheritance.entries(at: site, sets: [set], pilots: pilots, contents: contents) {
            contents.apply(entry)
        }
        return contents
    }

    @Test func onlySetsOfOthersOrWithoutLedgerAreForeign() throws {
        let empty = LedgerContents()
        let known = Self.contents([Self.record("p")])
        for (factory, contents, isForeign) in [
            (nil, empty, false), ("own", empty, true), ("own", known, false), ("other", empty, true),
            ("other", known, true),
        ] {
            let foreign = Inheritance.foreign([try Self.set(by: factory)], contents: contents, own: "own")
            #expect(foreign.isEmpty != isForeign, "\(factory ?? "nobody"), \(contents.pilots.count) known")
        }
    }

    @Test func pilotsThatLiveAreOfUnknownFateAndThoseThatEndedAreHistory() throws {
        let alive = try Self.pilot("p1") {
            $0.state = "joined"
            $0.job = "7"
            $0.timeline["started"] = Timestamp(milliseconds: 3)
        }
        let over = try Self.pilot("p2") {
            $0.state = "ended"
            $0.end = "done"
            $0.cause = "idle"
            $0.timeline["ended"] = Timestamp(milliseconds: 4)
        }
        let contents = Self.after(try Self.set(by: "other", done: 5), [alive, over], LedgerContents())
        let first = try #require(contents.pilots[PilotID(rawValue: "p1")])
        #expect(first.stage == .intended && first.job == nil, "the site tells its job")
        #expect(first.runningAt == Timestamp(milliseconds: 3) && first.wasAdopted == true)
        let second = try #require(contents.pilots[PilotID(rawValue: "p2")])
        #expect(second.hasEnded && second.end == .done && second.exit?.word == "idle" && !second.isCleared)
        #expect(contents.tallies["set"]?[.done] == 4, "five have ended, one of them is remembered by itself")
        #expect(contents.tallies["set"]?.firstSubmit == Timestamp(milliseconds: 5), "as the set itself says")
    }

    @Test func anOldLedgerDoesNotRaiseTheDead() throws {
        let mine = [
            Self.record("ended-since") {
                $0.stage = .running
                $0.job = JobID(rawValue: "7")
            },
            Self.record("alive") {
                $0.stage = .running
                $0.job = JobID(rawValue: "8")
            },
            Self.record("forgotten") {
                $0.stage = .ended
                $0.end = .done
                $0.clearedAt = Timestamp(milliseconds: 3)
            },
        ]
        let told = [
            try Self.pilot("ended-since") {
                $0.state = "ended"
                $0.end = "expired"
            }, try Self.pilot("alive") { $0.state = "joined" },
        ]
        let contents = Self.after(try Self.set(by: "other", done: 3), told, Self.contents(mine))
        #expect(contents.pilots[PilotID(rawValue: "ended-since")]?.end == .expired)
        #expect(contents.pilots[PilotID(rawValue: "alive")]?.job == JobID(rawValue: "8"), "what is known stays known")
        #expect(contents.pilots[PilotID(rawValue: "forgotten")] == nil)
        #expect(contents.tallies["set"]?[.done] == 3, "nobody is counted twice")
    }
}
