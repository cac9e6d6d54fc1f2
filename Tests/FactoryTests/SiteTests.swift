import BatchSystems
import Logging
import Synchronization
import Testing
import VC3Model

@testable import Factory

/// One site's behaviour over time, with a clock that the test moves.
@Suite struct SiteTests {
    @Test func aSiteAtRestIsAskedAtMostFourTimesAMinute() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(5)
        await bench.pass(.seconds(120))
        let before = await bench.world.commands
        await bench.pass(.seconds(600))
        let asked = await bench.world.commands - before
        #expect(asked <= 40, "\(asked) commands in ten minutes")
    }

    @Test func limitsThatChangeHoldFromTheNextPlanAndEndNoPilot() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        bench.limits.replace(with: [MaxToRun(maximum: 3)])
        await bench.want(5)
        await bench.pass(.seconds(60))
        let limited = await bench.site.view(of: "a")
        #expect(limited.running == 3)
        #expect(limited.explanation.contains("at most 3 at once, there are 3"))
        bench.limits.replace(with: [MaxToSubmit(maximum: 4)])
        await bench.pass(.seconds(60))
        #expect(await bench.site.view(of: "a").running == 4)
        bench.limits.replace(with: [Null()])
        await bench.pass(.seconds(60))
        #expect(await bench.site.view(of: "a").running == 4)
        bench.limits.replace(with: [])
        await bench.pass(.seconds(60))
        #expect(await bench.site.view(of: "a").running == 5)
    }

    @Test func aFleetInMotionStaysWithinTheBudget() async {
        var faults = FakeWorld.Faults.none
        faults.pilotFailure = 1
        let bench = await SiteBench(faults: faults)
        await bench.want(50)
        await bench.pass(.seconds(60))
        let before = await bench.world.commands
        await bench.pass(.seconds(600))
        let asked = await bench.world.commands - before
        #expect(asked <= 10 * 30 + 40, "\(asked) commands in ten minutes")
    }

    @Test func aSiteThatRefusesIsAskedEverMoreRarelyAndNeverForgotten() async {
        var faults = FakeWorld.Faults.none
        faults.refusal = 1
        let bench = await SiteBench(faults: faults)
        await bench.want(50)
        await bench.pass(.seconds(60))
        let early = await bench.world.attempts
        #expect(early <= 50 + 5, "one batch, then canaries after 2, 4, 8, 16 and 32 seconds")
        let view = await bench.site.view(of: "a")
        #expect(view.submission?.status == .no)
        #expect(view.submission?.reason == "LimitReached")
        #expect(view.submission?.retryAt != nil)
        await bench.pass(.seconds(3600))
        let late = await bench.world.attempts - early
        #expect((8...20).contains(late), "\(late) in an hour, one each five minutes")
        await bench.world.set(.none)
        await bench.pass(.seconds(600))
        let mended = await bench.site.view(of: "a")
        #expect(mended.running + mended.pending == 50)
        #expect(mended.submission?.status == .yes)
    }

    @Test func afterAFailureOnePilotIsTriedUntilItProvesItself() async {
        var faults = FakeWorld.Faults.none
        faults.pilotFailure = 1
        let bench = await SiteBench(faults: faults)
        await bench.world.setLives(1...1)
        await bench.world.setReports(1)
        await bench.want(20)
        await bench.pass(.seconds(40))
        let early = await bench.world.attempts
        #expect(early <= 20 + 4)
        await bench.pass(.seconds(600))
        #expect(await bench.world.attempts - early <= 12, "one canary at a time, with growing pauses")
        #expect(await bench.site.view(of: "a").submission?.reason == "PilotFailed")
    }

    @Test func anUnreachableSiteCancelsNothingAndGoesOn() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(5)
        await bench.pass(.seconds(60))
        var faults = FakeWorld.Faults.none
        faults.unreachable = 1
        await bench.world.set(faults)
        await bench.pass(.seconds(60))
        let view = await bench.site.view(of: "a")
        #expect(view.contact?.status == .no)
        #expect(view.contact?.retryAt != nil)
        #expect(view.contact?.message.hasSuffix("nothing was cancelled, 5 pilots there go on") == true)
        #expect(view.running == 5)
        await bench.world.set(.none)
        await bench.want(7)
        await bench.pass(.seconds(60))
        let after = await bench.site.view(of: "a")
        #expect(after.contact?.status == .yes)
        #expect(after.running == 7)
        #expect(await bench.world.attempts == 7)
    }

    @Test func aPausedSiteAsksNothingAndGoesOnAsIfNothingHadBeen() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(3)
        await bench.pass(.seconds(60))
        let (epoch, view) = (await bench.world.epoch, await bench.site.view(of: "a"))
        let before = await bench.world.commands
        await bench.site.pause(true)
        await bench.want(5)
        await bench.pass(.seconds(300))
        #expect(await bench.world.commands == before)
        #expect(await bench.site.view(of: "a").contact == view.contact)
        await bench.site.pause(false)
        await bench.pass(.seconds(60))
        #expect(await bench.site.view(of: "a").running == 5)
        #expect(await bench.world.epoch == epoch, "it is not made ready again")
    }

    @Test func aCommandWithoutAnAnswerIsToldBeforeItIsGivenUp() async {
        let bench = await SiteBench(faults: .none)
        await bench.site.spend()
        await bench.pass(.seconds(16))
        await bench.site.tellSilence()
        let contact = await bench.site.view(of: "a").contact
        #expect(contact?.status == .unknown && contact?.reason == "NoAnswer" && contact?.mender == .nobody)
        #expect(contact?.message.contains("has not answered a command for 15 s") == true)
    }

    @Test func emptyAnswersForAMinuteCancelNothing() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(5)
        await bench.pass(.seconds(60))
        var faults = FakeWorld.Faults.none
        faults.emptyLook = 1
        await bench.world.set(faults)
        await bench.pass(.seconds(60))
        await bench.world.set(.none)
        await bench.pass(.seconds(60))
        #expect(await bench.site.view(of: "a").running == 5)
        #expect(await bench.world.attempts == 5)
    }

    @Test func aJobThatTheLedgerDoesNotKnowForItsPilotIsCancelled() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(2)
        await bench.pass(.seconds(60))
        let (first, second) = try #require(await bench.world.addDouble())
        await bench.pass(.seconds(60))
        #expect(await bench.world.jobs[first]?.isAlive == true)
        #expect(await bench.world.jobs[second]?.isAlive == false)
        #expect(await bench.site.view(of: "a").running == 2)
    }

    @Test func pilotsThatWaitForHoursHaveATokenThatIsNeverOld() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setWaits(7200...7200)
        await bench.world.setLives(10_000...10_000)
        await bench.want(3)
        await bench.pass(.seconds(7190))
        let waiting = await bench.world.renewals
        #expect(waiting.count == 3)
        for times in waiting.values {
            for (earlier, later) in zip([.zero] + times, times + [.seconds(7190)]) {
                #expect(later - earlier <= .seconds(20 * 60 + 15), "\(times)")
            }
        }
        #expect(Set(waiting.values.flatMap(\.self)).count <= 6, "one command for all pilots")
        await bench.pass(.seconds(4000))
        for times in await bench.world.renewals.values {
            let running = times.filter { $0 > .seconds(7190) }
            #expect((3...4).contains(running.count), "who runs gets fresh ones as well: \(times)")
        }
        #expect(await bench.site.view(of: "a").running == 3)
    }

    @Test func withoutAHeadNodeTheSiteIsReadyAndNothingIsSubmitted() async {
        let bench = await SiteBench(faults: .none)
        await bench.want(3, headnode: nil)
        await bench.pass(.seconds(60))
        #expect(await bench.world.epoch != nil)
        #expect(await bench.world.attempts == 0)
        #expect(await bench.site.view(of: "a").explanation.contains("the head node is not known yet"))
    }

    @Test func pilotsAreSubmittedWhileTheirBundleIsOnItsWay() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.loseBundle()
        await bench.want(3)
        await bench.pass(.seconds(2))
        #expect(await bench.world.jobs.count == 3)
        #expect(await bench.world.deliveries == 0)
        await bench.site.deliverIfWanted()
        #expect(await !bench.world.lacksBundle)
        await bench.site.deliverIfWanted()
        #expect(await bench.world.deliveries == 1)
    }

    @Test func onceTheBundleCouldNotBeBroughtNoneIsSubmittedBeforeItIsThere() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.world.loseBundle(failures: 4)
        await bench.want(1)
        await bench.pass(.seconds(2))
        await bench.site.deliverIfWanted()
        await bench.want(3)
        await bench.pass(.seconds(4))
        #expect(await bench.world.lacksBundle)
        #expect(await bench.world.jobs.count == 1)
        let trouble = await bench.site.trouble
        #expect(trouble?.reason == "DiskFull" && trouble?.mender == .user)
        await bench.pass(.seconds(60))
        #expect(await !bench.world.lacksBundle)
        #expect(await bench.world.jobs.count == 3)
        #expect(await bench.site.trouble == nil)
    }

    @Test func aSiteIsNotWipedUnderADelivery() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.loseBundle()
        await bench.want(1, headnode: nil)
        await bench.pass(.seconds(1))
        await bench.world.holdDelivery(true)
        async let delivery: Void = bench.site.deliverIfWanted()
        while await bench.world.deliveries == 0 { await Task.yield() }
        await bench.want(1, isDeleting: true)
        await bench.pass(.seconds(60))
        #expect(await bench.site.isInLedger)
        await bench.world.holdDelivery(false)
        await delivery
        await bench.pass(.seconds(1))
        #expect(await !bench.site.isInLedger)
    }

    @Test func aNewKeyIsTakenUpWithoutLosingAPilot() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(10_000...10_000)
        await bench.want(5, key: "ssh-ed25519 SHA256:old")
        await bench.pass(.seconds(60))
        #expect(await bench.site.view(of: "a").keyInUse == "ssh-ed25519 SHA256:old")
        let before = bench.accesses
        var faults = FakeWorld.Faults.none
        faults.unreachable = 1
        await bench.world.set(faults)
        await bench.want(5, key: "ssh-ed25519 SHA256:new")
        await bench.pass(.seconds(60))
        #expect(bench.accesses == before + 1)
        #expect(await bench.site.view(of: "a").keyInUse == "ssh-ed25519 SHA256:old", "no login with the new key yet")
        await bench.world.set(.none)
        await bench.pass(.seconds(60))
        let view = await bench.site.view(of: "a")
        #expect(view.keyInUse == "ssh-ed25519 SHA256:new")
        #expect(view.running == 5)
        #expect(await bench.world.attempts == 5)
    }

    @Test func aSetThatNeverReachedItsSiteGoesWithoutContact() async {
        var faults = FakeWorld.Faults.none
        faults.unreachable = 1
        let bench = await SiteBench(faults: faults)
        await bench.want(3)
        await bench.pass(.seconds(60))
        await bench.want(3, isDeleting: true)
        await bench.pass(.seconds(1))
        #expect(await bench.site.view(of: "a").isGone)
    }
}

/// A site with a fake world and a clock that moves with the turns.
final class SiteBench: Sendable {
    let world: FakeWorld
    let site: Site
    /// Those of the site, to be replaced.
    let limits = SizingLimits()
    let demand = KnownDemand()
    private let time: TimeBox
    private let opened: CountBox
    /// How often a way to the site was made.
    var accesses: Int { opened.value }

    /// - Parameters:
    ///   - canaries: See ``SiteSettings/canaries``.
    ///   - keepOutputs: See ``SiteSettings/keepOutputs``; told the world, too.
    convenience init(
        faults: FakeWorld.Faults, canaries: Int = .max, census: FactoryCensus = FactoryCensus(), account: String? = nil,
        keepOutputs: (@Sendable ([EndedOutput], FakeWorld) async -> Void)? = nil
    ) async {
        let world = FakeWorld(seed: 1, faults: faults)
        var keep: (@Sendable ([EndedOutput]) async -> Void)?
        if let keepOutputs { keep = { outputs in await keepOutputs(outputs, world) } }
        await self.init(
            world, TimeBox(), canaries: canaries, census: census, account: account, keepOutputs: keep)
    }

    /// Another process, with what the ledger has.
    func restarted() async -> SiteBench { await SiteBench(world, time) }

    private init(
        _ world: FakeWorld, _ now: TimeBox, canaries: Int = .max, census: FactoryCensus = FactoryCensus(),
        account: String? = nil, keepOutputs: (@Sendable ([EndedOutput]) async -> Void)? = nil
    ) async {
        let incarnation = await world.begin()
        self.world = world
        time = now
        let opened = CountBox()
        self.opened = opened
        var settings = SiteSettings()
        settings.canaries = canaries
        settings.limits = limits
        settings.demand = demand
        settings.census = census
        var place = LedgerTests.place
        place.account = account ?? place.account
        settings.keepOutputs = keepOutputs
        site = Site(
            place: place, remembering: await world.ledgerContents,
            ledger: FakeLedger(world: world, incarnation: incarnation), tokens: FakeTokens(), settings: settings,
            clock: SiteClock(
                elapsed: { now.value }, wall: WallClock { Timestamp(milliseconds: 0) + now.value }),
            logger: Logger(label: "site") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in
            opened.add()
            return FakeAccess(world: world, incarnation: incarnation)
        } onChange: { _ in
        }
    }

    func want(
        _ number: Int,
        headnode: PilotHeadNode? = PilotHeadNode(collector: "h:1", trustdomain: "r.vc3", privatetoken: "t"),
        key: String? = nil, isDeleting: Bool = false, walltime: Int = 86_400, hasHadPilots: Bool = false,
        revoked: [String] = []
    ) async {
        await world.want(isDeleting ? 0 : number, "a")
        var spec = Simulation.spec(wanted: number)
        spec.headnode = headnode
        spec.site.keyfingerprint = key
        spec.walltime = walltime
        spec.revoked = revoked
        spec.draintime = 600
        await site.want("a", spec, isDeleting: isDeleting, hasHadPilots: hasHadPilots)
    }

    /// The same, while somebody follows the spool folder.
    func passFollowed(_ period: Duration) async {
        let end = time.value + period
        while time.value < end {
            _ = site.pulse.note(true, at: time.value)
            for event in await world.takeEvents() { await site.hear(event) }
            let due = await site.turn() ?? period
            let step = max(.milliseconds(1), min(due, end - time.value, .seconds(1)))
            await world.advance(by: step)
            time.advance(by: step)
        }
    }

    /// Takes turns whenever they are due, for so long.
    func pass(_ period: Duration) async {
        let end = time.value + period
        while time.value < end {
            let due = await site.turn() ?? period
            let step = max(.milliseconds(1), min(due, end - time.value))
            await world.advance(by: step)
            time.advance(by: step)
        }
    }
}

final class TimeBox: Sendable {
    private let time = Mutex(Duration.zero)
    var value: Duration { time.withLock { $0 } }
    func advance(by step: Duration) { time.withLock { $0 += step } }
}
