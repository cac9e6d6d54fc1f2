import BatchSystems
import Testing
import VC3Model

@testable import Factory

/// What a site does about pilots that are not well, at a site whose jobs wait until the test says how they fare.
@Suite struct HealthTests {
    private static func bench(canaries: Int = 2) async -> SiteBench {
        let bench = await SiteBench(faults: .none, canaries: canaries)
        await bench.world.setWaits(100_000...100_000)
        await bench.want(6)
        await bench.pass(.seconds(5))
        return bench
    }

    private static func pilots(_ bench: SiteBench) async -> [PilotRecord] {
        await bench.world.ledgerContents.pilots.values.filter { !$0.hasEnded && $0.retiring == nil }
            .sorted { $0.id < $1.id }
    }

    private static func end(
        _ pilot: PilotRecord, _ bench: SiteBench, node: String = "n1", reason: String = "disk-short"
    ) async {
        let report = PilotReport(
            phase: "ended", reason: reason, exitCode: 14, message: "3 MiB free", node: node, phases: ["started": 0])
        await bench.site.hear(PilotEvent(pilot: pilot.id, report: report))
        await bench.pass(.seconds(1))
    }

    private static func join(_ pilot: PilotRecord, _ bench: SiteBench, node: String = "n1") async {
        let report = PilotReport(phase: "joined", node: node, phases: ["started": 0, "validated": 1, "joined": 2])
        await bench.site.hear(PilotEvent(pilot: pilot.id, report: report))
        await bench.pass(.seconds(1))
    }

    @Test func aNewSiteGetsTwoPilotsAndTheOthersOnceOneHasJoined() async throws {
        let bench = await Self.bench()
        let first = await Self.pilots(bench)
        #expect(first.count == 2)
        let view = await bench.site.view(of: "a")
        #expect(view.chain.breaker?.reason == "Canary")
        #expect(view.explanation.contains("the first 2 pilots are to show that the site is well"))
        await Self.join(try #require(first.first), bench)
        #expect(await Self.pilots(bench).count == 6)
        #expect(await bench.restarted().site.isProven("a") == false, "nothing is asked for there yet")
        let again = await bench.restarted()
        await again.want(7)
        #expect(await again.site.isProven("a"), "the ledger tells")
    }

    @Test(arguments: [
        ("head:9000", true), ("other:9618", false), ("[2001:db8::1]:9618", false),
    ])
    func pilotsAreAlikeWhoseHeadNodesAreOnOneHost(collector: String, areAlike: Bool) {
        var spec = Simulation.spec(wanted: 1)
        spec.headnode = PilotHeadNode(collector: "head:9618", trustdomain: "one.vc3", privatetoken: "one")
        var other = spec
        other.wanted = 2
        other.headnode = PilotHeadNode(collector: collector, trustdomain: "two.vc3", privatetoken: "two")
        #expect((PilotMake(other) == PilotMake(spec)) == areAlike)
        other.headnode = spec.headnode
        other.memory_mb += 1
        #expect(PilotMake(other) != PilotMake(spec))
    }

    @Test func whoWaitsInAQueueDoesNotWaitTwice() async throws {
        let bench = await Self.bench()
        await bench.pass(.seconds(70))
        let all = await Self.pilots(bench)
        #expect(all.count == 6)
        await Self.end(try #require(all.first), bench)
        let view = await bench.site.view(of: "a")
        #expect(view.submission?.reason == "NodeDiskShort")
        #expect(view.submission?.message.contains("3 MiB free") == true)
        #expect(await Self.pilots(bench).isEmpty, "the others would fail the same way")
        let withdrawn = await bench.world.ledgerContents.pilots.values.filter { $0.retiring == .withdrawn }
        #expect(withdrawn.count == 5)
    }

    @Test func aSiteAtWhichEveryPilotFailsWastesThreeInAMinute() async throws {
        let bench = await Self.bench()
        var wasted = 0
        for _ in 0..<60 {
            for pilot in await Self.pilots(bench) {
                await Self.end(pilot, bench, node: "n\(wasted)")
                wasted += 1
            }
            await bench.pass(.seconds(1))
        }
        #expect(wasted <= 3, "\(wasted)")
        let view = await bench.site.view(of: "a")
        #expect(view.submission?.mender == .operator && view.submission?.retryAt != nil)
        #expect(view.shunned.isEmpty, "all are bad, so it is the site")
    }

    @Test func whatKeepsAPilotIsKnownWhileItTries() async throws {
        let bench = await Self.bench()
        let first = await Self.pilots(bench)
        var report = PilotReport(phase: "started", message: "no route to host", node: "n1", phases: ["started": 0])
        report.obstacle = "head-node-unreachable"
        for pilot in first { await bench.site.hear(PilotEvent(pilot: pilot.id, report: report)) }
        await bench.pass(.seconds(1))
        var view = await bench.site.view(of: "a")
        #expect(view.submission?.reason == "HeadNodeUnreachable")
        #expect(view.chain.validation?.reason == "HeadNodeUnreachable")
        await bench.pass(.seconds(15))
        #expect(await Self.pilots(bench).count == 2, "they go on trying, and no other is submitted for now")
        for pilot in first { await Self.join(pilot, bench) }
        view = await bench.site.view(of: "a")
        #expect(view.submission?.status == .yes, "who was kept and joined shows that it is mended")
        #expect(await Self.pilots(bench).count == 6)
    }

    @Test func oneBadNodeIsShunnedAndTheSiteGoesOn() async throws {
        let bench = await Self.bench(canaries: .max)
        for pilot in await Self.pilots(bench).prefix(3) { await Self.join(pilot, bench, node: "good") }
        for _ in 0..<2 {
            let waiting = await Self.pilots(bench).filter { $0.joinedAt == nil }
            await Self.end(try #require(waiting.first), bench, node: "bad")
        }
        let view = await bench.site.view(of: "a")
        #expect(view.shunned.map(\.node) == ["bad"])
        #expect(view.submission?.status == .yes, "the site is well")
        #expect(await Self.pilots(bench).count == 6, "replaced at once")
        let orders = await bench.world.avoided
        #expect(orders.last == ["bad"], "told to the batch system: \(orders)")
        #expect(await bench.restarted().site.nodes.shunned(at: Timestamp(milliseconds: 60_000)).map(\.node) == ["bad"])
    }

    @Test func aQuotaOfTheAccountIsToldApartFromAQueue() async {
        let bench = await Self.bench(canaries: .max)
        let waiting = await Self.pilots(bench)
        let jobs = waiting.enumerated().map { number, pilot in
            JobReport(
                tag: pilot.id.tag, job: JobID(rawValue: "\(number)"), state: .pending, nativeState: "PD",
                reason: number < 4 ? "AssocMaxJobsLimit" : "Priority", isOverQuota: number < 4)
        }
        await bench.site.noteWaiting(jobs)
        var chain = await bench.site.view(of: "a").chain
        #expect(chain.keptByQuota == 4 && !chain.isQuotaReached)
        #expect(chain.quota?.reason == "LimitReached" && chain.quota?.message.contains("AssocMaxJobsLimit") == true)
        #expect(chain.batch?.message.contains("Priority") == true)
        await bench.site.refused("a", SubmissionRefusal(.limitReached, mender: .nobody, message: "no more for you"))
        chain = await bench.site.view(of: "a").chain
        #expect(chain.isQuotaReached && chain.quota?.message.contains("no more for you") == true)
        await bench.site.noteWaiting([])
        #expect(await bench.site.view(of: "a").chain.keptByQuota == 0)
    }

    @Test func aSetThatIsGoneEndsSlowlyUnlessSomebodySaidSo() async {
        for isAsked in [false, true] {
            let bench = await SiteBench(faults: .none)
            await bench.world.setLives(100_000...100_000)
            await bench.want(30)
            await bench.pass(.seconds(60))
            await bench.site.release("a", isAsked: isAsked)
            await bench.pass(.seconds(30))
            #expect(await Self.pilots(bench).count == (isAsked ? 0 : 20))
            await bench.pass(.seconds(300))
            #expect(await Self.pilots(bench).isEmpty)
        }
    }
}
