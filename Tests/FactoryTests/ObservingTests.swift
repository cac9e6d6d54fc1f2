import InfoserviceAPI
import Logging
import Synchronization
import Testing
import VC3Model

@testable import Factory

/// What is to be seen of a Factory from outside.
@Suite struct ObservingTests {
    @Test func aSiteTellsWhatItDoesAndHasDone() async throws {
        let bench = await SiteBench(faults: .none)
        #expect(await bench.site.report().isReachable == nil)
        await bench.world.setLives(10_000...10_000)
        await bench.want(5)
        await bench.pass(.seconds(60))
        let report = await bench.site.report()
        let set = try #require(report.sets.first)
        #expect(set.running == 5 && set.pending == 0 && set.breakerFailures == 0 && set.trouble == nil)
        #expect(report.isReachable == true && report.trouble == nil && report.commandsPerMinute == 30)
        #expect(report.counts.submissions == 5 && report.counts.failures.isEmpty)
        #expect(report.counts.looks > 0 && report.counts.commands > report.counts.looks)
        #expect(try #require(report.sinceLook) <= .seconds(60) && report.commandsLeft <= 40)
    }

    @Test func pilotsThatFailAreCountedByCause() async throws {
        var faults = FakeWorld.Faults.none
        faults.pilotFailure = 1
        let bench = await SiteBench(faults: faults)
        await bench.want(3)
        await bench.pass(.seconds(300))
        let report = await bench.site.report()
        let set = try #require(report.sets.first)
        let counted = report.counts.failures.values.reduce(0, +)
        #expect(counted > 0 && counted == set.failed + set.vanished)
    }

    @Test func aSiteThatRefusesShowsItsBreakerAndWhy() async throws {
        var faults = FakeWorld.Faults.none
        faults.refusal = 1
        let bench = await SiteBench(faults: faults)
        await bench.want(3)
        await bench.pass(.seconds(300))
        let report = await bench.site.report()
        let set = try #require(report.sets.first)
        #expect(set.breakerFailures > 2 && set.trouble?.message.contains("does not take pilots") == true)
        #expect(report.counts.submissions == 0 && report.counts.failures.values.reduce(0, +) >= set.breakerFailures)
    }

    @Test func eachPilotIsCountedOnceAndCausesAreBounded() {
        var counts = SiteCounts()
        var record = PilotRecord(
            id: PilotID(rawValue: "p"), pilotSet: "s", site: SiteID(rawValue: "x"),
            intendedAt: Timestamp(milliseconds: 1))
        var old = record
        counts.note(record, after: nil)
        #expect(counts.submissions == 0)
        record.submittedAt = Timestamp(milliseconds: 2)
        counts.note(record, after: old)
        counts.note(record, after: record)
        #expect(counts.submissions == 1)
        old = record
        record.stage = .ended
        record.end = .failed
        for number in 0..<100 {
            record.exit = PilotExit(word: "cause\(number)")
            counts.note(record, after: old)
        }
        record.exit = PilotExit(word: "<script>\n")
        counts.note(record, after: old)
        #expect(counts.failures.count <= SiteCounts.mostCauses + 1)
        #expect(counts.failures["other"] == 101 - SiteCounts.mostCauses)
        counts.note(record, after: record)
        #expect(counts.failures.values.reduce(0, +) == 101)
        record.end = .done
        counts.note(record, after: old)
        #expect(counts.failures.values.reduce(0, +) == 101)
    }

    @Test func aHeartbeatMakesTheEntityAndReplacesOnlyItsStatus() async throws {
        let infoservice = InMemoryInfoservice()
        let appearance = FactoryAppearance(
            displayName: "f-east", version: "1.2", host: "h1", heartbeat: .seconds(60))
        var site = SiteReport(
            id: SiteID(rawValue: "x"), resource: "alpha", account: "ana", name: "ana@alpha", commandsPerMinute: 30,
            commandsLeft: 1)
        var set = PilotSetReport(name: "s", queue: "r.n.a")
        set.running = 3
        site.sets = [set]
        let remarks = Mutex<[Condition]>([])
        let beat = ProvisionerHeartbeat(
            infoservice: infoservice, identity: appearance, clock: .init { Timestamp(milliseconds: 0) },
            logger: Logger(label: "test")
        ) {
            FactoryReport(id: "f1", since: Timestamp(milliseconds: 0), ledgerBytes: 0, sites: [])
        } remarks: { _ in
            remarks.withLock { $0 }
        } taken: { _ in
        }
        var report = FactoryReport(id: "f1", since: Timestamp(milliseconds: 7), ledgerBytes: 0, sites: [site])
        try await beat.beat(report, at: Timestamp(milliseconds: 1000))
        var shown = try await Entity<Provisioner>(infoservice.record(.provisioner, "f1"))
        #expect(shown.spec == Provisioner.Spec(displayname: "f-east"))
        #expect(shown.status.version == "1.2" && shown.status.host == "h1" && shown.status.interval == 60)
        #expect(shown.status.since == Timestamp(milliseconds: 7))
        #expect(shown.status.heartbeat == Timestamp(milliseconds: 1000))
        #expect(shown.status.pilots == ["submitting": 0, "pending": 0, "running": 3, "retiring": 0])
        #expect(shown.status.sites == ["ana@alpha"] && shown.status.trouble == nil)

        report.sites[0].trouble = SiteTrouble(reason: "Unreachable", message: "no route")
        try await beat.beat(report, at: Timestamp(milliseconds: 61_000))
        shown = try await Entity<Provisioner>(infoservice.record(.provisioner, "f1"))
        #expect(shown.status.trouble == "ana@alpha: no route")
        #expect(shown.status.heartbeat == Timestamp(milliseconds: 61_000) && shown.metadata.generation == 1)

        // What it has to say besides is beside what is said of its sites, by whoever works there.
        let announcement = Announcement(infoservice, factory: "f1", clock: .init { Timestamp(milliseconds: 0) })
        func types() async throws -> [String] {
            try await Entity<Provisioner>(infoservice.record(.provisioner, "f1")).status.conditions.map(\.type)
        }
        let place = PilotSite(
            resource: "alpha", type: "batch", method: "ssh", flavor: "slurm", host: "alpha", account: "ana")
        func tell(_ types: String...) async throws {
            remarks.withLock { own in
                own = types.map {
                    Condition(type: $0, status: .no, reason: "Ended", message: "m", since: Timestamp(milliseconds: 0))
                }
            }
            try await beat.beat(report, at: Timestamp(milliseconds: 62_000))
        }
        try await tell("Credential.a", "Credential.b")
        try await announcement.began(place)
        #expect(try await types() == ["Site.alpha.ana", "Credential.a", "Credential.b"])
        try await tell("Credential.b")
        #expect(try await types() == ["Site.alpha.ana", "Credential.b"])
    }

    @Test func aFactoryIsSeenWhileItWorks() async throws {
        let observation = FactoryObservation()
        #expect(await observation.report() == nil)
        let report = FactoryReport(id: "f1", since: Timestamp(milliseconds: 0), ledgerBytes: 0, sites: [])
        await observation.showing({ _ in report }) {
            #expect(await observation.report() == report)
        }
        #expect(await observation.report() == nil)
    }
}
