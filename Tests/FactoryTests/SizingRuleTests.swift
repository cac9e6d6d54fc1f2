import Testing
import VC3Model

@testable import Factory

/// Each rule by its formula. n: what comes in; r, p: running and waiting pilots; A: ready jobs.
@Suite struct SizingRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rule: any SizingRule
        var n = 0
        var r = 0
        var p = 0
        var A: Int?
        var site = JobDemand.SiteStatus.ok
        var total: FactoryRoom?
        var submitted = 0
        var isKnown = true
        var gives: Int
        var testDescription: String { "\(rule) n=\(n) r=\(r) p=\(p) A=\(A.map(String.init) ?? "?") \(site)" }
    }

    static let activated: Activated = {
        var rule = Activated()
        rule.fallback = 3
        rule.maxJobsToRun = 20
        rule.minPilotsPending = 2
        rule.maxPilotsPerCycle = 6
        rule.minPilotsPerCycle = 1
        rule.maxPilotsPending = 8
        rule.testMode = .init(pilots: 4, maxPending: 1)
        return rule
    }()

    static let keeping = [
        Case(rule: KeepNRunning(), n: 5, r: 2, p: 1, gives: 2), Case(rule: KeepNRunning(), n: 1, r: 2, p: 1, gives: -2),
        Case(rule: KeepNRunning(keepRunning: 7), n: 1, r: 2, p: 1, gives: 4),
        Case(rule: KeepNRunning(), n: 5, isKnown: false, gives: 0),
        Case(rule: KeepNQueueLife(jobs: 10), n: 1, submitted: 4, gives: 6),
        Case(rule: KeepNQueueLife(), n: 3, submitted: 4, gives: -1),
        Case(rule: Fixed(pilotsPerCycle: 4), n: 9, r: 3, gives: 4), Case(rule: Null(), n: 9, gives: 0),
        Case(rule: Scale(factor: 0.5), n: 5, gives: 3), Case(rule: Scale(factor: 0.5), n: -5, gives: -2),
        Case(rule: Scale(factor: 1e300), n: 5, gives: 1_000_000_000),
    ]
    static let limits = [
        Case(rule: MaxPerCycle(maximum: 5), n: 9, gives: 5), Case(rule: MaxPerCycle(maximum: 5), n: -9, gives: -9),
        Case(rule: MinPerCycle(minimum: 5), n: 2, gives: 5), Case(rule: MinPerCycle(minimum: 0), n: -2, gives: 0),
        Case(rule: MaxPending(maximum: 5), n: 9, p: 2, gives: 3),
        Case(rule: MaxPending(maximum: 5), n: 9, p: 7, gives: -2),
        Case(rule: MaxPending(maximum: 5, allowsNegative: false), n: 9, p: 7, gives: 0),
        Case(rule: MaxPending(maximum: 5), n: 9, gives: 5),
        Case(rule: MaxPending(maximum: 5, limitsEmptyQueue: false), n: 9, gives: 9),
        Case(rule: MaxPending(maximum: 5, limitsEmptyQueue: false), n: 9, p: 1, gives: 4),
        Case(rule: MaxPending(maximum: 5), n: 9, isKnown: false, gives: 9),
        Case(rule: MinPending(minimum: 5), n: 1, p: 2, gives: 3),
        Case(rule: MinPending(minimum: 5), n: 1, p: 7, gives: 1),
        Case(rule: MinPending(minimum: 5), n: 1, isKnown: false, gives: 0),
        Case(rule: MaxToRun(maximum: 5), n: 9, r: 2, p: 1, gives: 2),
        Case(rule: MaxToRun(maximum: 5), n: 9, r: 5, p: 3, gives: -3),
        Case(rule: MaxToRun(maximum: 5), n: 9, isKnown: false, gives: 0),
        Case(rule: MaxPerFactory(), n: 9, total: .init(alive: 4, most: 10), gives: 6),
        Case(rule: MaxPerFactory(), n: 2, total: .init(alive: 4, most: 10), gives: 2),
        Case(rule: MaxPerFactory(), n: 2, total: .init(alive: 8, most: 10), gives: 2),
        Case(rule: MaxPerFactory(), n: 2, total: .init(alive: 12, most: 10), gives: 0),
        Case(rule: MaxPerFactory(), n: -2, total: .init(alive: 12, most: 10), gives: -2),
        Case(rule: MaxPerFactory(), n: 2, total: .init(alive: 12, most: nil), gives: 2),
        Case(rule: MaxPerFactory(), n: 2, total: .init(alive: 0, most: 0), gives: 0),
        Case(rule: MaxPerFactory(), n: 2, gives: 0),
        Case(rule: MaxToSubmit(maximum: 10), n: 9, submitted: 4, gives: 6),
        Case(rule: MaxToSubmit(maximum: 10), n: 9, submitted: 14, gives: 0),
        Case(rule: MinToSubmit(minimum: 10), n: 1, submitted: 4, gives: 6),
    ]
    static let demands = [
        Case(rule: Ready(), p: 2, A: 7, gives: 5), Case(rule: Ready(offset: 3), p: 2, A: 7, gives: 2),
        Case(rule: Ready(), p: 9, A: 7, gives: 0), Case(rule: Ready(), n: 4, gives: 0),
        Case(rule: FillActivated(fallback: 2), n: 4, gives: 2),
        Case(rule: FillActivated(fallback: 2), p: 1, A: 4, gives: 3),
        Case(rule: WeightedActivated(readyWeight: 0.5, pendingWeight: 2), p: 1, A: 7, gives: 1),
        Case(rule: WeightedActivated(readyWeight: 0.5, pendingWeight: 2), p: 2, A: 7, gives: 0),
        Case(rule: activated, gives: 3), Case(rule: activated, p: 0, A: 9, site: .offline, gives: 0),
        Case(rule: activated, p: 1, A: 9, site: .test, gives: 4),
        Case(rule: activated, p: 2, A: 9, site: .test, gives: 0),
        Case(rule: activated, p: 3, A: 30, gives: 5), Case(rule: activated, r: 18, p: 1, A: 30, gives: 1),
        Case(rule: activated, r: 30, p: 0, A: 0, gives: 2), Case(rule: activated, r: 1, p: 9, A: 0, gives: -1),
        Case(rule: SimpleNQueue(fallback: 2, depth: 5), gives: 2),
        Case(rule: SimpleNQueue(depth: 5), p: 4, A: 1, gives: 5),
        Case(rule: SimpleNQueue(depth: 5), p: 7, A: 8, gives: 5),
        Case(rule: SimpleNQueue(depth: 5), p: 10, A: 80, gives: 0),
        Case(rule: SimpleNQueue(depth: 5), p: 0, A: 0, gives: 0),
        Case(rule: SimpleNQueue(depth: 5, pilotLimit: 6), r: 4, p: 1, A: 9, gives: 1),
        Case(rule: SimpleNQueue(depth: 5), p: 0, A: 9, site: .test, gives: 1),
        Case(rule: SimpleNQueue(depth: 5), r: 5, p: 1, A: 9, site: .test, gives: 0),
        Case(rule: Simple(fallback: 2), gives: 2), Case(rule: Simple(maxPendingPilots: 4), p: 1, A: 9, gives: 3),
        Case(rule: Simple(maxPilotsPerCycle: 2), p: 1, A: 9, gives: 2),
        Case(rule: StatusTest(pilots: 1), n: 5, A: 0, site: .test, gives: 1),
        Case(rule: StatusTest(), n: 5, A: 0, gives: 5),
        Case(rule: StatusTest(pilots: 1), n: 5, gives: 0),
        Case(rule: StatusOffline(pilots: 1), n: 5, A: 0, site: .offline, gives: 1),
        Case(rule: StatusOffline(), n: 5, A: 0, site: .test, gives: 5), Case(rule: StatusOffline(), n: 5, gives: 0),
    ]

    @Test(arguments: keeping + limits + demands) func formula(_ example: Case) {
        let view = SizingView(
            fleet: example.isKnown ? PilotPlanTests.fleet(running: example.r, pending: example.p) : nil,
            demand: example.A.map { JobDemand(ready: $0, siteStatus: example.site) }, factory: example.total,
            submitted: example.submitted)
        let decision = example.rule.decide(example.n, view)
        #expect(decision.number == example.gives)
        #expect(decision.number == example.n || decision.reason != nil)
    }

    @Test(arguments: [(2, 3, 5), (2, 2, 5), (3, 1, 1), (0, 4, 5), (0, 0, 5)])
    func throttleSlowsDownWhenMostWereShort(short: Int, long: Int, gives: Int) {
        let now = Timestamp(milliseconds: 10_000_000)
        func pilots(_ count: Int, _ seconds: Int, startedBefore: Int = 60) -> [SizingView.EndedPilot] {
            let started = Timestamp(milliseconds: now.milliseconds - Int64(startedBefore) * 1000)
            return Array(repeating: .init(started: started, wallClock: .seconds(seconds)), count: count)
        }
        // Those of long ago do not count.
        let ended = pilots(short, 9) + pilots(long, 10) + pilots(50, 1, startedBefore: 3601)
        let view = SizingView(fleet: PilotFleet(), ended: ended, now: now)
        #expect(Throttle().decide(5, view).number == gives)
    }

    /// Jobs count as ready until a pilot takes them: those for which one has just begun are not submitted for again.
    @Test(arguments: [
        (age: 30, isBusy: false, gives: 0), (age: 30, isBusy: true, gives: 4), (age: 130, isBusy: false, gives: 4),
    ])
    func pilotsThatHaveJustBegunHaveTheirJobs(age: Int, isBusy: Bool, gives: Int) {
        let now = Timestamp(milliseconds: 1_000_000)
        let fleet = PilotFleet(
            members: (0..<4).map {
                .init(
                    id: PilotID(rawValue: "p\($0)"), isRunning: true, isBusy: isBusy, intended: .init(milliseconds: 0),
                    started: now + .seconds(-age))
            })
        let view = SizingView(fleet: fleet, demand: JobDemand(ready: 4), now: now)
        #expect(Ready().decide(0, view).number == gives)
        #expect(FillActivated().decide(0, view).number == gives)
        #expect(WeightedActivated().decide(0, view).number == gives)
        #expect(Simple().decide(0, view).number == gives)
        #expect(Activated().decide(0, view).number == gives)
    }

    @Test func workQueueCountsTheScarcestResource() {
        let demand = JobDemand(
            ready: 9, cores: .init(inUse: 4, waiting: 6, total: 4),
            memory: .init(inUse: 512, waiting: 4096, total: 512),
            disk: .init(inUse: 0, waiting: 0, total: 100))
        let fleet = PilotPlanTests.fleet(pending: 1)
        #expect(WorkQueueResources(cores: 2).decide(0, SizingView(fleet: fleet, demand: demand)).number == 7)
        #expect(
            WorkQueueResources(cores: 1, memory: 4096).decide(0, SizingView(fleet: fleet, demand: demand)).number == 5)
        #expect(WorkQueueResources().decide(4, SizingView(fleet: fleet, demand: JobDemand(ready: 9))).number == 0)
    }
}
