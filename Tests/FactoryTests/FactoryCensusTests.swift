import Testing
import VC3Model

@testable import Factory

/// `MaxPerFactory` over sites that decide at the same time.
@Suite struct FactoryCensusTests {
    static let a = SiteID(rawValue: "a")
    static let b = SiteID(rawValue: "b")

    static func plan(_ number: Int) -> (FactoryRoom) -> PilotPlan {
        { room in
            let view = SizingView(fleet: PilotFleet(), factory: room)
            return PilotPlan(
                killOrder: .newest, within: view, of: PilotFleet(),
                through: [Fixed(pilotsPerCycle: number), MaxPerFactory()])
        }
    }

    @Test func whatOneSiteHasClaimedIsNobodyElses() {
        let census = FactoryCensus(most: 5)
        #expect(census.claim(at: Self.a, waking: WakeSignal(), Self.plan(4)).submit == 4)
        let second = census.claim(at: Self.b, waking: WakeSignal(), Self.plan(4))
        #expect(
            second.submit == 1 && second.explanation == ["4 each time", "at most 5 in the whole factory, there are 4"])
        census.giveUp(at: Self.a)
        #expect(census.room == FactoryRoom(alive: 1, most: 5))
        census.note(1, at: Self.b)
        #expect(census.room.alive == 1, "what was claimed is there now")
        #expect(census.claim(at: Self.a, waking: WakeSignal(), Self.plan(9)).submit == 4)
    }

    @Test func sitesThatNobodyWorksAtYetCountUntilOthersHaveThem() {
        let census = FactoryCensus(most: 5, remembered: [Self.a: 4])
        #expect(census.claim(at: Self.b, waking: WakeSignal(), Self.plan(4)).submit == 1)
        census.note(1, at: Self.b)
        census.leave([Self.a])
        #expect(census.room.alive == 1)
    }

    @Test func whoFoundNoRoomIsWokenWhenThereIsSome() async {
        let census = FactoryCensus(most: 3)
        census.note(3, at: Self.a)
        let signal = WakeSignal()
        #expect(census.claim(at: Self.b, waking: signal, Self.plan(2)).submit == 0)
        census.note(2, at: Self.a)
        await signal.wait(atMost: nil)
        #expect(census.claim(at: Self.b, waking: signal, Self.plan(2)).submit == 1)
    }

    @Test func anyNumberIsNoLimit() {
        #expect(FactoryCensus().claim(at: Self.a, waking: WakeSignal(), Self.plan(100)).submit == 100)
    }

    /// Two sites, each with queue and pilot set, of which together never more exist than allowed; and the pilots that end at one make
    /// room for the other.
    @Test func sitesTogetherKeepToTheLimit() async {
        let census = FactoryCensus(most: 5)
        let first = await SiteBench(faults: .none, census: census)
        let second = await SiteBench(faults: .none, census: census, account: "bob")
        for bench in [first, second] { await bench.world.setLives(10_000...10_000) }
        var queue = QueueBoardTests.queue("q", keeping: 4, cycle: .seconds(5))
        queue.rules.append(MaxPerFactory())
        await first.site.want(queue)
        await first.pass(.seconds(30))
        #expect(await first.alive(queue.key) == 4)
        second.limits.replace(with: [MaxPerFactory()])
        await second.want(4)
        await second.pass(.seconds(30))
        #expect(await second.site.view(of: "a").alive == 1)
        queue.rules[0] = KeepNRunning(keepRunning: 2)
        queue.text = "fewer"
        await first.site.want(queue)
        await first.pass(.seconds(60))
        await second.pass(.seconds(60))
        #expect(await first.alive(queue.key) == 2)
        #expect(await second.site.view(of: "a").alive == 3)
        #expect(census.room.alive == 5)
    }
}

extension PilotSetView {
    fileprivate var alive: Int { submitting + pending + running }
}
