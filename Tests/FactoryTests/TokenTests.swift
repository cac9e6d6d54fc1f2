import Testing
import VC3Model

@testable import Factory

/// Tokens that end, and tokens that are taken back.
@Suite struct TokenTests {
    @Test func aRestartedFactoryKnowsHowOldTokensAre() async {
        let first = await SiteBench(faults: .none)
        await first.world.setLives(10_000...10_000)
        await first.want(2)
        await first.pass(.seconds(600))
        let second = await first.restarted()
        await second.want(2)
        await second.pass(.seconds(500))
        #expect(await second.world.renewals.isEmpty, "none is due before a third of its life")
        await second.pass(.seconds(200))
        let renewals = await second.world.renewals
        #expect(renewals.count == 2 && renewals.values.allSatisfy { $0.count == 1 })
    }

    @Test func ofAPilotThatCannotBeReachedItIsSaidWhenItsTokenEnds() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(100_000...100_000)
        await bench.want(1)
        await bench.pass(.seconds(60))
        var faults = FakeWorld.Faults.none
        faults.unreachable = 1
        await bench.world.set(faults)
        await bench.pass(.seconds(2300))
        #expect(await bench.world.ledgerContents.pilots.values.allSatisfy { $0.isTokenLate == nil })
        await bench.pass(.seconds(200))
        var record = try #require(await bench.world.ledgerContents.pilots.values.first)
        let ends = try #require(record.tokenEnds)
        let status = PilotStatus.status(of: record, over: Pilot.Status(), factory: "f")
        #expect(status.state_reason?.contains("ends at \(ends)") == true && record.isTokenLate == true)
        await bench.world.set(.none)
        await bench.pass(.seconds(60))
        record = try #require(await bench.world.ledgerContents.pilots.values.first)
        #expect(record.isTokenLate == nil && record.tokenEnds.map { $0 > ends } == true && !record.hasEnded)
    }

    @Test func aRevokedPilotEndsAtOnceWhateverItDoesAndTheOthersGoOn() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(100_000...100_000)
        await bench.want(3)
        await bench.pass(.seconds(60))
        let pilots = await bench.world.folders.keys.sorted()
        for pilot in pilots { await bench.world.setBusy(pilot, true) }
        // One that is finishing its jobs has no more time for that either.
        await bench.want(2)
        await bench.pass(.seconds(60))
        let finishing = try #require(await bench.world.jobs.values.first { $0.isToldToFinish }).pilot
        let taken = try #require(pilots.first { $0 != finishing })
        await bench.want(2, revoked: [finishing.rawValue, taken.rawValue, "unknown"])
        await bench.pass(.seconds(60))
        let contents = await bench.world.ledgerContents
        for pilot in [finishing, taken] {
            let record = try #require(contents.pilots[pilot])
            #expect(record.end == .cancelled && record.retiring == .revoked)
        }
        let alive = await bench.world.jobs.values.filter(\.isAlive)
        #expect(alive.count == 2 && Set(alive.map(\.pilot)).isDisjoint(with: [finishing, taken]))
        let other = try #require(pilots.first { $0 != finishing && $0 != taken })
        #expect(contents.pilots[other]?.hasEnded == false)
        await bench.pass(.seconds(1500))
        #expect(Set(await bench.world.renewals.keys).isDisjoint(with: [finishing, taken]))
    }
}
