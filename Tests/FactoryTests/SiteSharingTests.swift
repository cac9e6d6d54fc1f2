import InfoserviceAPI
import Logging
import Synchronization
import Testing
import VC3Model

@testable import Factory

/// Several Factories with one Infoservice: who holds which site, and what becomes of it when one of them falls silent.
@Suite(.timeLimit(.minutes(3))) struct SiteSharingTests {
    @Test func oneAloneHasAllAtOnceAndANewOneGetsItsShareLater() async throws {
        let bench = SharingBench(sites: 4)
        let a = bench.member("a")
        try await bench.run {
            try await bench.step([a])
            #expect(await bench.holders() == ["a", "a", "a", "a"])
            let b = bench.member("b")
            await bench.serve(b)
            try await bench.step([a, b], seconds: 14)
            #expect(await bench.holders() == ["a", "a", "a", "a"], "it has to prove that it stays")
            try await bench.step([a, b], seconds: 30)
            #expect(await bench.holders() == ["a", "a", "b", "b"])
            let writes = await bench.siteWrites()
            try await bench.step([a, b], seconds: 120)
            #expect(await bench.siteWrites() == writes, "it does not go on moving")
        } serving: {
            await bench.serve(a)
        }
    }

    @Test func theSitesOfOneThatFallsSilentAreTakenWithinFifteenSeconds() async throws {
        let bench = SharingBench(sites: 3)
        let a = bench.member("a")
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([a, b], seconds: 3)
            try await bench.step([b], seconds: 6)
            #expect(await bench.holders() == ["a", "a", "a"], "nobody is deposed within its term")
            try await bench.step([b], seconds: 8)
            #expect(await bench.holders() == ["b", "b", "b"])
            // The former one comes back: it finds out at once, and takes nothing back.
            try await bench.step([a, b])
            #expect(await bench.holders() == ["b", "b", "b"])
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }

    @Test func oneThatIsStartedAgainHasItsSitesAtOnce() async throws {
        let bench = SharingBench(sites: 3)
        let a = bench.member("a")
        let again = bench.member("a")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([again])
            #expect(await bench.siteWrites() == 6, "each is taken anew, under a higher fence")
        } serving: {
            await bench.serve(a)
            await bench.serve(again)
        }
    }

    @Test func whatIsGivenUpInOrderIsTakenByTheNextStep() async throws {
        let bench = SharingBench(sites: 2)
        let a = bench.member("a")
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([a, b], seconds: 2)
            await a.leave()
            try await bench.step([b])
            #expect(await bench.holders() == ["b", "b"])
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }

    @Test func aSiteThatWasLeftWithoutBeingGivenUpIsFreedOnceTheInfoserviceAnswers() async throws {
        let bench = SharingBench(sites: 2)
        let a = bench.member("a")
        try await bench.run {
            try await bench.step([a])
            #expect(await bench.holders() == ["a", "a"])
            bench.ask(forSites: 1)
            try await bench.away([a], seconds: 1)
            #expect(await a.holdings.count == 1)
            #expect(await bench.holders() == ["a", "a"], "it could not say so")
            try await bench.step([a])
            #expect(await bench.holders() == ["", "a"])
            let writes = await bench.siteWrites()
            try await bench.step([a], seconds: 5)
            #expect(await bench.siteWrites() == writes)
        } serving: {
            await bench.serve(a)
        }
    }

    @Test func oneAloneWritesRarelyAndOneThatIsNotIsWaitedForNoLonger() async throws {
        let bench = SharingBench(sites: 2)
        let a = bench.member("a")
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a], seconds: 60)
            #expect(await bench.renewals(of: "a") == 6)
            try await bench.step([b])
            try await bench.step([a, b], seconds: 30)
            #expect(await bench.renewals(of: "a") >= 6 + 10)
            try await bench.step([b], seconds: 11)
            #expect(await bench.holders() == ["b", "b"])
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }

    @Test func whoComesWhenOneThatWasAloneHasJustDiedWaitsForAllOfItsTerm() async throws {
        let bench = SharingBench(sites: 1)
        let a = bench.member("a")
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([b], seconds: 30)
            #expect(await bench.holders() == ["a"], "it may still be working")
            try await bench.step([b], seconds: 5)
            #expect(await bench.holders() == ["b"])
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }

    @Test func whileTheInfoserviceIsAwaySitesPauseAndGoOnAfterwardsUnderTheSameFence() async throws {
        let bench = SharingBench(sites: 1)
        let a = bench.member("a")
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([a, b], seconds: 3)
            let before = await a.holdings
            let writes = await bench.siteWrites()
            try await bench.away([a, b], seconds: 30)
            let paused = await a.holdings
            #expect(paused.count == 1 && before.allSatisfy { paused[$0.key] === $0.value })
            for holding in paused.values {
                #expect(holding.pausedSince != nil)
                await #expect(throws: SiteFailure.self) { try await holding.permit() }
            }
            // Also when the other one is the first to be back.
            try await bench.step([b, a], seconds: 3)
            for holding in await a.holdings.values {
                #expect(holding.pausedSince == nil)
                try await holding.permit()
                #expect(await bench.fence(at: holding.site) == holding.fence)
            }
            #expect(await a.holdings.values.allSatisfy { before[$0.site] === $0 })
            #expect(await bench.siteWrites() == writes + 1, "one for each site")
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }

    @Test func aPausedSiteThatAnotherOneHasTakenIsLost() async throws {
        let bench = SharingBench(sites: 2)
        let clock = TimeBox()
        let a = bench.member("a", clock: clock)
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([a, b], seconds: 3)
            let before = await a.holdings
            try await bench.away([a], seconds: 1)
            clock.advance(by: .seconds(9))
            try await bench.away([a], seconds: 1)
            #expect(before.values.allSatisfy { $0.pausedSince != nil })
            try await bench.step([b], seconds: 20)
            #expect(await bench.holders() == ["b", "b"])
            clock.advance(by: .seconds(1))
            try await bench.step([a, b])
            #expect(await a.holdings.isEmpty)
            for holding in before.values {
                await #expect(throws: SiteFailure.self) { try await holding.permit() }
            }
            #expect(await bench.holders() == ["b", "b"])
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }

    @Test func aPausedSiteIsNotKeptForEver() async throws {
        let bench = SharingBench(sites: 1)
        let a = bench.member("a")
        try await bench.run {
            try await bench.step([a])
            try await bench.away([a], seconds: 40)
            #expect(await a.holdings.count == 1)
            try await bench.away([a], seconds: 600)
            #expect(await a.holdings.isEmpty)
            try await bench.step([a], seconds: 2)
            #expect(await bench.holders() == ["a"])
        } serving: {
            await bench.serve(a)
        }
    }

    @Test func aFactoryThatIsCancelledLetsGo() async throws {
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: nil)
            try await bench.running {
                while await bench.infoservice.records(.lease, matching: EntityFilter(), page: .whole).items.isEmpty {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            let leases = await bench.infoservice.records(.lease, matching: EntityFilter(), page: .whole).items
            #expect(leases.map { $0.spec["holder"] } == [""])
        }
    }

    @Test func aHolderWhoseClockStoodStillFindsItselfDeposed() async throws {
        let bench = SharingBench(sites: 1)
        let clock = TimeBox()
        let a = bench.member("a", clock: clock)
        let b = bench.member("b")
        try await bench.run {
            try await bench.step([a])
            try await bench.step([a, b], seconds: 2)
            try await bench.step([b], seconds: 20)
            #expect(await bench.holders() == ["b"])
            // By its own clock no time has passed: only the store can tell.
            clock.advance(by: .seconds(3))
            try await bench.step([a])
            #expect(await bench.holders() == ["b"])
            #expect(await a.holdings.isEmpty)
        } serving: {
            await bench.serve(a)
            await bench.serve(b)
        }
    }
}

/// An Infoservice, a clock, and Factories that only share.
private final class SharingBench: Sendable {
    private let infoservice = InMemoryInfoservice()
    private let time = TimeBox()
    private let demand: Mutex<SiteDemand>
    private let sites: [SiteID]
    private let tasks = AsyncStream<SiteSharing>.makeStream()
    private let mirror: EntityMirror

    init(sites number: Int) {
        sites = (0..<number).map { SiteID(rawValue: "s\($0)") }
        demand = Mutex(SiteDemand(asked: Set(sites), remembered: []))
        mirror = EntityMirror(source: infoservice, kinds: [.lease])
    }

    func member(_ name: String, clock: TimeBox? = nil) -> SiteSharing {
        let time = clock ?? time
        return SiteSharing(
            infoservice, mirror: mirror, own: name,
            clock: SiteClock(
                elapsed: { time.value }, wall: WallClock { Timestamp(milliseconds: 0) + time.value }),
            logger: Logger(label: "sharing") { _ in SwiftLogNoOpLogHandler() })
    }

    /// There is something to do at the first ones only.
    func ask(forSites number: Int) { demand.withLock { $0.asked = Set(sites.prefix(number)) } }

    /// Works at what it wins, as long as it has it.
    func serve(_ sharing: SiteSharing) async { tasks.continuation.yield(sharing) }

    func run(_ body: @escaping @Sendable () async throws -> Void, serving begin: @Sendable () async -> Void)
        async throws
    {
        await begin()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await sharing in self.tasks.stream {
                        group.addTask {
                            await withDiscardingTaskGroup { group in
                                for await holding in sharing.won {
                                    group.addTask {
                                        await holding.ended()
                                        await sharing.finished(holding)
                                    }
                                }
                            }
                        }
                    }
                }
            }
            group.addTask { try await body() }
            group.addTask { try await self.mirror.run { _ in } }
            await self.mirror.filled()
            try await group.next()
            group.cancelAll()
        }
    }

    /// Each looks once a second, in turn.
    func step(_ members: [SiteSharing], seconds: Int = 1) async throws {
        for _ in 0..<seconds {
            time.advance(by: .seconds(1))
            for member in members {
                try await settled()
                await member.step(demand.withLock { $0 })
                try await member.quiet()
            }
        }
        try await settled()
    }

    /// The same, while the Infoservice is away.
    func away(_ members: [SiteSharing], seconds: Int) async throws {
        await infoservice.goAway(true)
        try await step(members, seconds: seconds)
        await infoservice.goAway(false)
    }

    func fence(at site: SiteID) async -> Fence? {
        (try? await infoservice.record(.lease, LeaseName.site(site))).map(Fence.init(of:))
    }

    /// How often a Factory wrote its own lease.
    func renewals(of factory: String) async -> Int {
        await infoservice.writes.filter { $0.kind == .lease && $0.name == LeaseName.member(factory) }.count
    }

    func holders() async -> [String] {
        var holders: [String] = []
        for site in sites {
            let record = try? await infoservice.record(.lease, LeaseName.site(site))
            holders.append(record?.spec["holder"]?.stringValue ?? "")
        }
        return holders.sorted()
    }

    /// How often leases of sites were written.
    func siteWrites() async -> Int {
        await infoservice.writes.filter { $0.kind == .lease && $0.name.hasPrefix("site.") }.count
    }

    /// - Throws: `CancellationError` when the test has run out of time.
    private func settled() async throws {
        while true {
            let stored = await infoservice.records(.lease, matching: EntityFilter(), page: ListPage()).items
            let copied = await mirror.records(.lease)
            if stored.map(\.metadata.revision) == copied.map(\.metadata.revision) { return }
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

extension SiteSharing {
    /// Until what was to end has ended.
    fileprivate func quiet() async throws { while !ending.isEmpty { try await Task.sleep(for: .milliseconds(1)) } }
}
