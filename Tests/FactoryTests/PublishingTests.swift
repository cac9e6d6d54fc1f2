import BatchSystems
import InfoserviceAPI
import Logging
import Synchronization
import Testing
import VC3Model
import VC3Reconciling

@testable import Factory

/// What the Infoservice is told of pilots.
@Suite struct PublishingTests {
    @Test func aPilotIsShownForAsLongAsTheLedgerHasIt() async throws {
        try await withBench { bench in
            var record = bench.record
            record.wantedAt = record.intendedAt
            try await bench.keep(record)
            try await bench.reconcile()
            var shown = try await bench.shown()
            #expect(shown.spec == Pilot.Spec(pilotset: "set", request: "r", allocation: "a", resource: "alpha"))
            #expect(shown.metadata.owner == "ana")
            #expect(shown.status.state == "intended" && shown.status.factory == "f1")

            record.stage = .running
            record.job = JobID(rawValue: "7")
            record.submittedAt = Timestamp(milliseconds: 2)
            record.runningAt = Timestamp(milliseconds: 3)
            record.host = "n1"
            try await bench.keep(record)
            try await bench.reconcile()
            shown = try await bench.shown()
            #expect(shown.status.steps.map(\.phase) == [.wanted, .intended, .submitted, .started])
            #expect(shown.status.host == "n1" && shown.status.job == "7" && shown.status.end == nil)

            record.stage = .ended
            record.end = .failed
            record.endedAt = Timestamp(milliseconds: 9)
            record.exit = PilotExit(word: "signal", message: "signal 9 from the batch system", code: 137)
            record.lastLines = ["one", "two"]
            try await bench.keep(record)
            let writes = await bench.infoservice.statusWrites
            try await bench.reconcile()
            try await bench.reconcile()
            #expect(await bench.infoservice.statusWrites == writes + 1, "the same is not written twice")
            shown = try await bench.shown()
            #expect(shown.status.state == "ended" && shown.status.end == "failed" && shown.status.signal == 9)
            #expect(shown.status.exit_code == 137 && shown.status.last_lines == ["one", "two"])
            #expect(shown.status.state_reason == "signal 9 from the batch system")

            try await bench.ledger.append([.forgotten(pilot: record.id)])
            try await bench.reconcile()
            #expect(await bench.mirrorHas(.pilot, "p1") == false)
            await #expect(throws: VC3Error.self) { try await bench.shown() }
        }
    }

    /// As after a kill between the ledger's line and the entity's end.
    @Test(arguments: [false, true]) func aPilotThatNobodyCouldTakeAwayGoesWhenItsSiteIsWonOrItsSetGoes(isWon: Bool)
        async throws
    {
        try await withBench { bench in
            try await bench.keep(bench.record)
            try await bench.reconcile()
            try await bench.ledger.append([.forgotten(pilot: bench.record.id)])
            try await bench.reconcile(isHeld: false)
            #expect(await bench.mirrorHas(.pilot, "p1"), "others may have its site")
            try await bench.reconcileSet(isHeld: false)
            #expect(bench.reviewed.all.isEmpty)
            if !isWon {
                try await bench.infoservice.delete(.pilotset, "set", cascade: false)
                let set = try await bench.infoservice.record(.pilotset, "set")
                try await bench.infoservice.remove(.pilotset, "set", expecting: set.metadata.revision)
            }
            try await bench.reconcileSet(isHeld: isWon)
            #expect(bench.reviewed.all == [bench.record.id])
            try await bench.reconcile(isHeld: isWon)
            #expect(await bench.mirrorHas(.pilot, "p1") == false)
            try await bench.reconcile(isHeld: isWon)
            try await bench.reconcileSet(isHeld: isWon)
            #expect(bench.reviewed.all.count == 1, "it is forgotten")
        }
    }

    @Test func aPilotThatIsOverAndOnlyRememberedIsNotShownWithoutItsSet() async throws {
        try await withBench { bench in
            var record = bench.record
            try await bench.keep(record)
            try await bench.reconcile()
            record.stage = .ended
            record.end = .done
            record.clearedAt = Timestamp(milliseconds: 5)
            try await bench.keep(record)
            try await bench.reconcile(isHeld: false)
            #expect(await bench.mirrorHas(.pilot, "p1"))
            try await bench.infoservice.delete(.pilotset, "set", cascade: false)
            let set = try await bench.infoservice.record(.pilotset, "set")
            try await bench.infoservice.remove(.pilotset, "set", expecting: set.metadata.revision)
            try await bench.reconcileSet(isHeld: false)
            #expect(bench.reviewed.all == [record.id])
            try await bench.reconcile(isHeld: false)
            #expect(await bench.mirrorHas(.pilot, "p1") == false)
        }
    }

    @Test func questionsForOutputAreAnsweredOnceAndTakenAwayLater() async throws {
        try await withBench { bench in
            var record = bench.record
            record.stage = .ended
            record.end = .done
            record.clearedAt = Timestamp(milliseconds: 5)
            record.lastLines = ["kept", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJyLnZjMyJ9.c2ln"]
            try await bench.keep(record)
            try await bench.ask("q1", about: "p1")
            try await bench.answer("q1")
            var answer = try await bench.infoservice.entity(PilotLog.self, "q1")
            #expect(answer.status.state == "answered" && answer.status.text == "kept\n[token]")
            try await bench.answer("q1")

            try await bench.ask("q2", about: "nobody")
            try await bench.answer("q2")
            answer = try await bench.infoservice.entity(PilotLog.self, "q2")
            #expect(answer.status.state == "failed")
            #expect(answer.status.state_reason?.contains("does not know pilot nobody") == true)

            bench.time.advance(by: PilotLog.lifetime)
            try await bench.answer("q1")
            await #expect(throws: VC3Error.self) { try await bench.infoservice.record(.pilotlog, "q1") }
        }
    }

    @Test func theEndOfARunningPilotsOutputComesFromItsSite() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(1)
        await bench.pass(.seconds(60))
        let pilot = try #require(await bench.world.folders.keys.first)
        #expect(try await bench.site.output(of: pilot, lines: 5) == "output of \(pilot)")
        #expect(try await bench.site.output(of: PilotID(rawValue: "nobody"), lines: 5) == nil)
        // Whoever asks without end does not get the site to be asked without end.
        let refusal = await #expect(throws: SiteFailure.self) {
            for _ in 0..<1000 { _ = try await bench.site.output(of: pilot, lines: 5) }
        }
        #expect(refusal?.reason == "Busy")
    }

    @Test func endedPilotsAreRememberedOneByOneUpToANumber() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(30...60)
        await bench.want(10)
        await bench.pass(.seconds(1200))
        let records = await bench.world.ledgerContents.pilots.values
        let ended = records.filter(\.hasEnded)
        #expect(ended.count { $0.isCleared } == 50)
        #expect(ended.allSatisfy { !$0.isCleared || $0.lastLines == ["the last line of \($0.id)"] })
        #expect(ended.allSatisfy { $0.host == "n1" && $0.joinedAt != nil })
        let view = await bench.site.view(of: "a")
        #expect(view.done > 50, "those that are forgotten are counted")
        await bench.want(10, isDeleting: true)
        await bench.pass(.seconds(120))
        #expect(await bench.site.view(of: "a").isGone)
        try await bench.site.drop("a")
        #expect(await bench.world.ledgerContents.pilots.isEmpty)
    }
}

final class PilotBox: Sendable {
    private let pilots = Mutex<[PilotID]>([])
    var all: [PilotID] { pilots.withLock { $0 } }
    func add(_ more: Set<PilotID>) { pilots.withLock { $0 += more } }
}

/// A ledger, a mirror and the reconcilers around them.
struct PublishingBench: Sendable {
    let infoservice = InMemoryInfoservice()
    let ledger: Ledger
    let mirror: EntityMirror
    /// Pilots that were to be looked at again.
    let reviewed = PilotBox()
    private let unjudged: UnjudgedPilots
    let time = TimeBox()

    init(folder: String) throws {
        unjudged = UnjudgedPilots { [reviewed] in reviewed.add($0) }
        ledger = try Ledger(folder: folder)
        mirror = EntityMirror(source: infoservice, kinds: [.pilotset, .pilot, .pilotlog])
    }

    var record: PilotRecord {
        PilotRecord(
            id: PilotID(rawValue: "p1"), pilotSet: "set", site: SiteID(LedgerTests.place),
            intendedAt: Timestamp(milliseconds: 1))
    }

    func keep(_ record: PilotRecord) async throws { try await ledger.append([.pilot(record: record)]) }

    func reconcile(isHeld: Bool = true) async throws {
        let registry = SiteRegistry()
        if isHeld {
            await registry.add(SiteRegistry.Held(site: site, infoservice: infoservice), remembering: LedgerContents())
        }
        let reconciler = PilotReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger,
            unjudged: unjudged, factory: "f1")
        try await settled()
        _ = try await reconciler.reconcile(PilotID(rawValue: "p1"))
        try await settled()
    }

    func reconcileSet(isHeld: Bool) async throws {
        let registry = SiteRegistry()
        if isHeld {
            await registry.add(SiteRegistry.Held(site: site, infoservice: infoservice), remembering: LedgerContents())
        }
        let clock = SiteClock(elapsed: { .zero }, wall: WallClock { Timestamp(milliseconds: 0) })
        let sharing = SiteSharing(infoservice, mirror: mirror, own: "f1", clock: clock, logger: Self.quiet)
        let reconciler = PilotSetReconciler(
            mirror: mirror, registry: registry, sharing: sharing, unjudged: unjudged, factory: "f1", clock: clock.wall)
        try await settled()
        _ = try await reconciler.reconcile("set")
        try await settled()
    }

    private static let quiet = Logger(label: "site") { _ in SwiftLogNoOpLogHandler() }

    func ask(_ name: String, about pilot: String) async throws {
        let spec = try JSONValue(encoding: PilotLog.Spec(pilot: pilot))
        _ = try await infoservice.create(EntityDraft(kind: .pilotlog, name: name, spec: spec))
    }

    func answer(_ name: String) async throws {
        let time = time
        let registry = SiteRegistry()
        await registry.add(SiteRegistry.Held(site: site, infoservice: infoservice), remembering: LedgerContents())
        try await settled()
        let reconciler = PilotLogReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger,
            clock: WallClock { Timestamp(milliseconds: 0) + time.value })
        _ = try await reconciler.reconcile(name)
        try await settled()
    }

    private var site: Site {
        let time = time
        return Site(
            place: LedgerTests.place, remembering: LedgerContents(), ledger: ledger, tokens: FakeTokens(),
            settings: SiteSettings(),
            clock: SiteClock(elapsed: { time.value }, wall: WallClock { Timestamp(milliseconds: 0) }),
            logger: Self.quiet
        ) { _ in
            FakeAccess(world: FakeWorld(seed: 1, faults: .none), incarnation: 0)
        } onChange: { _ in
        }
    }

    func shown() async throws -> Entity<Pilot> { try await infoservice.entity(Pilot.self, "p1") }

    func mirrorHas(_ kind: EntityKind, _ name: String) async -> Bool { await mirror.record(kind, name) != nil }

    /// Until the mirror has all that the store has.
    private func settled() async throws {
        for _ in 0..<10_000 {
            var isSame = true
            for kind in [EntityKind.pilotset, .pilot, .pilotlog] {
                let stored = await infoservice.records(kind, matching: EntityFilter(), page: ListPage()).items
                let copied = await mirror.records(kind)
                isSame = isSame && stored.map(\.metadata.revision) == copied.map(\.metadata.revision)
            }
            if isSame { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw VC3Error(.internal, "the mirror does not follow")
    }
}

private func withBench(_ body: @escaping @Sendable (PublishingBench) async throws -> Void) async throws {
    try await withScratch { folder in
        let bench = try PublishingBench(folder: folder + "/ledger")
        let spec = Simulation.spec(wanted: 1)
        _ = try await bench.infoservice.create(
            EntityDraft(kind: .pilotset, name: "set", spec: JSONValue(encoding: spec)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bench.mirror.run { _ in } }
            await bench.mirror.filled()
            try await body(bench)
            group.cancelAll()
        }
    }
}
