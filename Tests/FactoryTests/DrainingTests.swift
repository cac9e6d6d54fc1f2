import Testing
import VC3Model

@testable import Factory

/// Pilots that go: because they are too many, because their time is over, because nobody knows of them.
@Suite struct DrainingTests {
    @Test func idlePilotsGoFirstAndBusyOnesFinishTheirJobs() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(4)
        await bench.pass(.seconds(60))
        let pilots = await bench.world.folders.keys.sorted()
        for (pilot, isBusy) in zip(pilots, [true, false, true, true]) { await bench.world.setBusy(pilot, isBusy) }
        await bench.want(2)
        await bench.pass(.seconds(60))
        let view = await bench.site.view(of: "a")
        #expect(view.running == 2 && view.retiring == 1, "the idle one has gone, a busy one finishes")
        let alive = await bench.world.jobs.values.filter(\.isAlive)
        #expect(!alive.contains { $0.pilot == pilots[1] })
        #expect(alive.count { $0.isToldToFinish } == 1)
        // Its place may be taken meanwhile.
        await bench.want(3)
        await bench.pass(.seconds(60))
        #expect(await bench.world.working("a") == 3)
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 4)
        await bench.pass(.seconds(700))
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 3)
        let records = await bench.world.ledgerContents.pilots.values.filter(\.hasEnded)
        #expect(records.map(\.end) == [.cancelled, .cancelled])
    }

    @Test func whoDoesNotFinishInTimeIsCancelled() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(1)
        await bench.pass(.seconds(60))
        await bench.world.ignoreOrders()
        await bench.want(0)
        await bench.pass(.seconds(600))
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 1)
        await bench.pass(.seconds(60))
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 0)
    }

    @Test func aSetThatGoesTakesItsFinishingPilotsAlongAtOnce() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(3)
        await bench.pass(.seconds(60))
        await bench.want(1)
        await bench.pass(.seconds(30))
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 3)
        await bench.want(1, isDeleting: true)
        await bench.pass(.seconds(30))
        #expect(await bench.site.view(of: "a").isGone)
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 0)
    }

    @Test func aSuccessorComesBeforeTheWalltimeEndsAndTheEndIsNoFailure() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.world.setWaits(5...5)
        await bench.want(2, walltime: 400)
        await bench.pass(.seconds(300))
        #expect(await bench.world.attempts == 2)
        await bench.pass(.seconds(60))
        #expect(await bench.world.attempts == 4, "a quarter of the walltime before its end")
        #expect(await bench.world.working("a") == 2)
        #expect(await bench.world.jobs.values.count(where: \.isAlive) == 4)
        await bench.pass(.seconds(120))
        let view = await bench.site.view(of: "a")
        #expect(view.expired == 2 && view.failed == 0 && view.done == 0 && view.running == 2)
        #expect(view.submission?.status == .yes)
    }

    @Test func pilotsThatAreKilledAtTheEndOfTheirWalltimeTripNothing() async throws {
        let bench = await SiteBench(faults: .none)
        var faults = FakeWorld.Faults.none
        faults.pilotFailure = 1
        await bench.world.set(faults)
        await bench.world.setLives(10_000...10_000)
        await bench.world.setWaits(5...5)
        await bench.want(2, walltime: 400)
        await bench.pass(.seconds(500))
        let view = await bench.site.view(of: "a")
        #expect(view.expired == 2 && view.failed == 0)
        #expect(view.submission?.status == .yes)
    }

    @Test func aLostLedgerIsRebuiltFromTheSite() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(3)
        await bench.pass(.seconds(60))
        await bench.world.loseLedger()
        let next = await bench.restarted()
        await next.want(3, hasHadPilots: true)
        await next.pass(.seconds(60))
        #expect(await next.world.attempts == 3, "none is doubled")
        #expect(await next.site.view(of: "a").running == 3, "none is orphaned")
        let records = await next.world.ledgerContents.pilots.values
        #expect(records.allSatisfy { $0.pilotSet == "a" && $0.walltime == 86_400 && $0.joinedAt != nil })
        #expect(records.allSatisfy { $0.intendedAt < Timestamp(milliseconds: 30_000) })
    }

    @Test func pilotsThatOnlyTheSiteKnowsOfEndWithTheirSet() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(3)
        await bench.pass(.seconds(60))
        await bench.world.loseLedger()
        let next = await bench.restarted()
        await next.want(3, isDeleting: true, hasHadPilots: true)
        #expect(await !next.site.view(of: "a").isGone)
        await next.pass(.seconds(60))
        #expect(await next.site.view(of: "a").isGone)
        #expect(await next.world.jobs.values.count(where: \.isAlive) == 0)
        #expect(await next.world.folders.isEmpty)
        #expect(await next.world.epoch == nil)
    }

    @Test func pilotsOfASetThatNobodyKnowsEndAndOthersStay() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(2)
        await bench.pass(.seconds(60))
        await bench.world.loseLedger()
        await bench.world.relabel("gone")
        let next = await bench.restarted()
        await next.want(1)
        await next.pass(.seconds(60))
        let alive = await next.world.jobs.values.filter(\.isAlive)
        #expect(alive.count == 1)
        #expect(await next.world.folders[try #require(alive.first?.pilot)]?.set == "a")
        #expect(await next.site.strays.isEmpty)
    }
}
