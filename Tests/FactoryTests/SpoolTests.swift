import BatchSystems
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// What a site does with what pilots tell by themselves.
@Suite struct SpoolTests {
    /// Five pilots that run for long, and nobody has wanted anything for a while.
    private func atRest(_ number: Int = 5, faults: FakeWorld.Faults = .none) async -> SiteBench {
        let bench = await SiteBench(faults: faults)
        await bench.world.setLives(100_000...100_000)
        await bench.want(number)
        await bench.passFollowed(.seconds(180))
        #expect(await bench.site.view(of: "a").running == number)
        return bench
    }

    private func aRunningPilot(_ bench: SiteBench) async throws -> PilotID {
        try #require(await bench.site.book.aliveRecords.first { $0.stage == .running }).id
    }

    @Test func anEndIsKnownAndReplacedByNoCommandButTheSubmission() async throws {
        let bench = await atRest()
        let pilot = try await aRunningPilot(bench)
        let before = await bench.world.schedulerCommands
        await bench.world.end(pilot)
        await bench.passFollowed(.seconds(2))
        #expect(await bench.site.book[pilot]?.end == .done)
        #expect(await bench.world.attempts == 6)
        #expect(await bench.world.schedulerCommands - before == 1)
        await bench.passFollowed(.seconds(90))
        #expect(await bench.site.view(of: "a").running == 5)
    }

    @Test(arguments: [5, 300]) func aFollowedSiteAtRestIsAskedOnceAMinute(_ number: Int) async {
        let bench = await atRest(number)
        let before = await bench.world.commands
        await bench.passFollowed(.seconds(600))
        let asked = await bench.world.commands - before
        #expect(asked <= 10, "\(asked) commands in ten minutes")
    }

    @Test func theSchedulerIsAskedAtMostFourTimesAMinuteWhilePilotsComeAndGo() async {
        let bench = await SiteBench(faults: .none)
        await bench.world.setLives(100...900)
        await bench.world.setReports(1)
        await bench.want(20, walltime: 86_400)
        await bench.passFollowed(.seconds(180))
        for _ in 0..<30 {
            let before = await bench.world.schedulerCommands
            await bench.passFollowed(.seconds(60))
            let asked = await bench.world.schedulerCommands - before
            #expect(asked <= 4)
        }
        let view = await bench.site.view(of: "a")
        #expect(view.done > 30)
        #expect(view.running + view.pending >= 16)
    }

    @Test func whatIsDoubledLateOrStrangeChangesNothing() async throws {
        let bench = await atRest()
        let pilot = try await aRunningPilot(bench)
        let started = PilotReport(phase: "started", node: "n7", phases: ["started": 1])
        let ended = PilotReport(phase: "ended", reason: "idle", exitCode: 0, phases: ["started": 1, "ended": 100])
        await bench.site.hear(PilotEvent(pilot: PilotID(rawValue: "stranger"), report: ended))
        for report in [ended, started, ended] { await bench.site.hear(PilotEvent(pilot: pilot, report: report)) }
        await bench.passFollowed(.seconds(1))
        let once = await bench.site.book[pilot]
        #expect(once?.end == .done && once?.exit?.word == "idle")
        for report in [started, ended] { await bench.site.hear(PilotEvent(pilot: pilot, report: report)) }
        await bench.passFollowed(.seconds(1))
        #expect(await bench.site.book[pilot] == once)
        #expect(await bench.world.attempts == 6)
    }

    @Test func anEventMayOvertakeTheAnswerToTheSubmission() async throws {
        let bench = await SiteBench(faults: .none)
        await bench.want(1)
        await bench.passFollowed(.seconds(5))
        var faults = FakeWorld.Faults.none
        faults.lostReply = 1
        await bench.world.set(faults)
        await bench.world.setWaits(0...0)
        await bench.want(2)
        await bench.pass(.seconds(2))
        let pilot = try #require(await bench.site.book.aliveRecords.first { $0.stage == .intended }).id
        await bench.world.end(pilot)
        for event in await bench.world.takeEvents() { await bench.site.hear(event) }
        await bench.pass(.seconds(1))
        #expect(await bench.site.book[pilot]?.stage == .intended)
        await bench.world.set(.none)
        await bench.pass(.seconds(40))
        #expect(await bench.site.book[pilot]?.end == .done)
    }

    @Test func filesStayUntilTheBatchSystemHasLetGo() async throws {
        var faults = FakeWorld.Faults.none
        faults.lateEnd = 1
        let bench = await atRest(faults: faults)
        let pilot = try await aRunningPilot(bench)
        await bench.world.end(pilot)
        await bench.passFollowed(.seconds(2))
        #expect(await bench.site.book[pilot]?.hasEnded == true)
        // Somebody asks for something, so that the site is looked at before the job is gone.
        await bench.want(6)
        await bench.passFollowed(.seconds(180))
        #expect(await bench.world.removedTooEarly.isEmpty)
        #expect(await bench.world.cancelled.isEmpty, "a job that is about to go is not cancelled")
        #expect(await bench.world.folders[pilot] == nil)
    }

    @Test func aJobThatGoesOnAfterItsEndWasToldIsCancelled() async throws {
        let bench = await atRest()
        let pilot = try await aRunningPilot(bench)
        let forged = PilotReport(phase: "ended", exitCode: 0)
        await bench.site.hear(PilotEvent(pilot: pilot, report: forged))
        await bench.passFollowed(.seconds(240))
        #expect(await bench.world.jobs.values.count { $0.pilot == pilot && $0.isAlive } == 0)
        #expect(await bench.world.working("a") == 5)
    }

    @Test func aPilotThatIsBeingEndedIsOverOnlyWhenTheBatchSystemSaysSo() async throws {
        let bench = await atRest()
        await bench.want(4)
        await bench.pass(.seconds(1))
        let retiring = try #require(await bench.site.book.aliveRecords.first { $0.retiring != nil && !$0.hasEnded }).id
        let ended = PilotReport(phase: "ended", reason: "retired", exitCode: 0)
        await bench.site.hear(PilotEvent(pilot: retiring, report: ended))
        try await bench.site.takeEvents()
        #expect(await bench.site.book[retiring]?.hasEnded == false)
    }

    @Test func whenTheFollowerFallsSilentTheSiteIsLookedAtAsWithoutOne() async throws {
        let bench = await atRest()
        let pilot = try await aRunningPilot(bench)
        await bench.world.end(pilot)
        await bench.pass(.seconds(45))
        #expect(await bench.site.book[pilot]?.hasEnded == true)
        #expect(await !bench.site.isFollowed)
        let before = await bench.world.schedulerCommands
        await bench.pass(.seconds(300))
        #expect(await bench.world.schedulerCommands - before >= 9, "every half minute")
    }

    @Test func aSiteTellsWhatItWasAskedFor() async throws {
        let bench = await atRest()
        let traffic = try #require(await bench.site.view(of: "a").traffic)
        #expect(traffic.spool == "followed" && traffic.way == "shell" && traffic.budget == 30 && traffic.wait == 0)
        let before = await bench.site.view(of: "a")
        await bench.passFollowed(.seconds(600))
        var after = await bench.site.view(of: "a")
        #expect(after.traffic?.commands == 1 && after.traffic?.scheduler_commands == 1)
        after.traffic = before.traffic
        #expect(after == before, "nothing else is news at rest")
    }

    @Test(arguments: [
        ("p1.ended", #"{"phase":"ended","exitCode":0}"#, true),
        ("abc.12.joined", #"{"phase":"joined","name":"x","node":"n","phases":{"started":1}}"#, true),
        ("p1.started", #"{"phase":"ended","exitCode":0}"#, false),
        ("p1.ended", #"{"phase":"joined"}"#, false),
        ("p1.gone", #"{"phase":"gone"}"#, false), ("p1", #"{"phase":"ended"}"#, false),
        (".ended", #"{"phase":"ended"}"#, false), ("p1.ended", #"{"phase":"ended""#, false), ("p1.ended", "", false),
        ("p1.ended", "[]", false), ("p1.ended", #"{"phase":"ended","exitCode":99999999999999}"#, false),
    ]) func filesOfTheSpoolAreReadOrLeftOut(_ name: String, _ content: String, _ isTaken: Bool) {
        #expect((PilotEvent(SpooledFile(name: name, content: Array(content.utf8))) != nil) == isTaken)
    }

    @Test func whatIsTooLongOrNoTextIsLeftOut() throws {
        let start = Array(#"{"phase":"ended","message":""#.utf8)
        func file(_ middle: [UInt8]) -> SpooledFile {
            SpooledFile(name: "p.ended", content: start + middle + Array(#""}"#.utf8))
        }
        #expect(PilotEvent(file([0x61]))?.report.message == "a")
        #expect(PilotEvent(file([0xFF])) == nil)
        #expect(PilotEvent(file(Array(repeating: 0x61, count: PilotEvent.longest))) == nil)
    }
}
