import Testing
import VC3Model

@testable import Factory

@Suite struct PilotPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var wanted: Int
        var running = 0
        var pending = 0
        var retiring = 0
        var perCycle = 50
        var maxPending = 100
        var submit = 0
        var retire = 0
        var testDescription: String {
            "wanted \(wanted), \(running)+\(pending), retiring \(retiring), limits \(perCycle)/\(maxPending)"
        }
    }

    @Test(arguments: [
        Case(wanted: 0),
        Case(wanted: 5, submit: 5),
        Case(wanted: 5, running: 3, pending: 1, submit: 1),
        Case(wanted: 5, running: 5),
        Case(wanted: 3, running: 4, pending: 1, retire: 2),
        Case(wanted: 0, running: 2, pending: 2, retire: 4),
        Case(wanted: 500, submit: 50),
        Case(wanted: 500, perCycle: 1000, submit: 100),
        Case(wanted: 500, pending: 90, submit: 10),
        Case(wanted: 500, pending: 100),
        Case(wanted: 500, pending: 110, retire: 10),
        Case(wanted: 5, running: 2, retiring: 3),
        Case(wanted: 5, running: 2, retiring: 2, submit: 1),
        Case(wanted: 2, running: 3, retiring: 2, retire: 1),
    ])
    func chainGivesTheNumber(_ example: Case) {
        let fleet = Self.fleet(running: example.running, pending: example.pending, retiring: example.retiring)
        let plan = PilotPlan(
            wanted: example.wanted, killOrder: .newest, seeing: fleet,
            through: [KeepNRunning(), MaxPerCycle(maximum: example.perCycle), MaxPending(maximum: example.maxPending)])
        #expect(plan.submit == example.submit)
        #expect(plan.retire.count == example.retire)
        #expect(!plan.explanation.isEmpty)
        // Where counts alone tell that there is none to end, no plan is made.
        var spec = Simulation.spec(wanted: example.wanted)
        spec.maxpercycle = example.perCycle
        spec.maxpending = example.maxPending
        let mayRetire = PilotPlan.mayRetire(
            alive: example.running + example.pending, waiting: example.pending, wanted: example.wanted, for: spec)
        #expect(mayRetire == (example.retire > 0))
    }

    @Test func waitingPilotsGoBeforeRunningOnes() {
        let fleet = Self.fleet(running: 2, pending: 2)
        let plan = PilotPlan(wanted: 1, killOrder: .newest, seeing: fleet, through: [KeepNRunning()])
        #expect(plan.retire == ["p1", "p0", "r1"].map { PilotID(rawValue: $0) })
    }

    @Test func idlePilotsGoBeforeThoseThatHaveJobs() {
        let members = [("new", true, 9), ("old", false, 1), ("older", false, 0), ("waiting", false, 5)].map {
            PilotFleet.Member(
                id: PilotID(rawValue: $0.0), isRunning: $0.0 != "waiting", isBusy: $0.1,
                intended: Timestamp(milliseconds: $0.2))
        }
        let order = PilotFleet(members: members).retirementOrder(.newest)
        #expect(order.map(\.rawValue) == ["waiting", "old", "older", "new"])
    }

    @Test func whoDrainsLeavesRoomForOthersAndWhoIsMerelyEndingDoesNot() {
        var fleet = Self.fleet(running: 2, pending: 0, retiring: 1)
        fleet.draining = 3
        let plan = PilotPlan(wanted: 5, killOrder: .newest, seeing: fleet, through: [KeepNRunning()])
        #expect(plan.submit == 2)
        #expect(plan.explanation.first == "wanted 5, running 2, waiting 0, 1 being ended, 3 draining")
    }

    @Test func oldestFirstWhenSo() {
        let fleet = Self.fleet(running: 2, pending: 2)
        let plan = PilotPlan(wanted: 0, killOrder: .oldest, seeing: fleet, through: [KeepNRunning()])
        #expect(plan.retire == ["p0", "p1", "r0", "r1"].map { PilotID(rawValue: $0) })
    }

    @Test func limitsThatCutExplainThemselves() {
        let plan = PilotPlan(
            wanted: 500, killOrder: .newest, seeing: PilotFleet(),
            through: [KeepNRunning(), MaxPerCycle(maximum: 50), MaxPending(maximum: 20)])
        #expect(
            plan.explanation == [
                "wanted 500, running 0, waiting 0", "500 missing, at most 50 are submitted at a time",
                "at most 20 may wait in the queue, 0 are waiting",
            ])
    }

    /// Whatever the numbers: never more than wanted by submitting, never fewer than wanted by retiring unless too many wait.
    @Test func noPlanLeadsBeyondTheWantedNumber() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            let wanted = Int.random(in: 0...40, using: &random)
            let fleet = Self.fleet(
                running: Int.random(in: 0...30, using: &random), pending: Int.random(in: 0...30, using: &random),
                retiring: Int.random(in: 0...10, using: &random))
            let maxPending = Int.random(in: 1...40, using: &random)
            let plan = PilotPlan(
                wanted: wanted, killOrder: .oldest, seeing: fleet,
                through: [
                    KeepNRunning(), MaxPerCycle(maximum: Int.random(in: 1...40, using: &random)),
                    MaxPending(maximum: maxPending),
                ])
            #expect(plan.submit == 0 || plan.retire.isEmpty)
            #expect(plan.submit == 0 || fleet.alive + fleet.retiring + plan.submit <= wanted)
            #expect(plan.submit == 0 || fleet.pending + plan.submit <= maxPending)
            #expect(Set(plan.retire).count == plan.retire.count)
            let left = fleet.alive - plan.retire.count
            #expect(left >= min(wanted, fleet.alive) || fleet.pending > maxPending)
        }
    }

    static func fleet(running: Int = 0, pending: Int = 0, retiring: Int = 0) -> PilotFleet {
        PilotFleet(
            members: (0..<running).map { .init(id: PilotID(rawValue: "r\($0)"), isRunning: true, intended: at($0)) }
                + (0..<pending).map { .init(id: PilotID(rawValue: "p\($0)"), isRunning: false, intended: at($0)) },
            retiring: retiring)
    }

    private static func at(_ second: Int) -> Timestamp { Timestamp(milliseconds: Int64(second) * 1000) }
}
