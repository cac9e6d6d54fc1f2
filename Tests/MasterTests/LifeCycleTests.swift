import Testing
import VC3Model

@Suite struct LifeCycleTests {
    static func conditions(_ pairs: [(String, Condition.State, String)]) -> [Condition] {
        pairs.map {
            Condition(type: $0.0, status: $0.1, reason: $0.2, message: "m \($0.0)", since: Timestamp(milliseconds: 0))
        }
    }

    struct RequestRow: Sendable {
        var conditions: [(String, Condition.State, String)]
        var state: RequestState
        init(_ conditions: [(String, Condition.State, String)], _ state: RequestState) {
            self.conditions = conditions
            self.state = state
        }
    }

    @Test(
        arguments: [
            RequestRow([], .new),
            RequestRow([("Valid", .no, "Invalid")], .new),
            RequestRow([("Valid", .yes, "Valid")], .initializing),
            RequestRow([("Valid", .yes, ""), ("HeadNodeReady", .no, "Starting")], .initializing),
            RequestRow([("Valid", .yes, ""), ("HeadNodeReady", .no, "Failed")], .failure),
            RequestRow([("Valid", .yes, ""), ("HeadNodeReady", .yes, "Answers")], .pending),
            RequestRow([("Valid", .yes, ""), ("HeadNodeReady", .yes, ""), ("Running", .yes, "")], .running),
            RequestRow([("Valid", .yes, ""), ("HeadNodeReady", .no, "Starting"), ("Running", .yes, "")], .running),
            RequestRow([("Valid", .no, ""), ("Terminating", .yes, "")], .terminating),
            RequestRow([("Terminating", .yes, ""), ("PilotsGone", .no, "")], .terminating),
            RequestRow([("Terminating", .yes, ""), ("PilotsGone", .yes, "")], .cleanup),
            RequestRow([("Terminating", .yes, ""), ("PilotsGone", .yes, ""), ("HeadNodeGone", .no, "")], .cleanup),
            RequestRow([("Terminating", .yes, ""), ("PilotsGone", .yes, ""), ("HeadNodeGone", .yes, "")], .terminated),
            RequestRow(
                [("Valid", .yes, ""), ("HeadNodeReady", .no, "Failed"), ("Terminating", .yes, "")], .terminating),
        ])
    func requestStateFollowsFromConditions(_ row: RequestRow) {
        #expect(RequestLifeCycle.state(of: Self.conditions(row.conditions)) == row.state)
    }

    @Test(
        arguments: [
            ([], AllocationState.new),
            ([("KeyMade", .no, "")], .new),
            ([("KeyMade", .yes, "")], .configured),
            ([("KeyMade", .yes, ""), ("Validated", .unknown, "")], .configured),
            ([("KeyMade", .yes, ""), ("Validated", .no, "Unreachable")], .validationFailure),
            ([("KeyMade", .yes, ""), ("Validated", .yes, "")], .ready),
        ] as [([(String, Condition.State, String)], AllocationState)])
    func allocationStateFollowsFromConditions(
        _ conditions: [(String, Condition.State, String)], _ state: AllocationState
    ) {
        #expect(AllocationLifeCycle.state(of: Self.conditions(conditions)) == state)
    }

    @Test(arguments: [(0, 5), (3, 5), (20, 20), (299, 299), (10_000, 300)])
    func retriesOfALoginGrowUpToFiveMinutes(failing: Int, wait: Int) {
        let now = Timestamp(milliseconds: 1_000_000_000)
        let since = Timestamp(milliseconds: now.milliseconds - Int64(failing) * 1000)
        #expect(AllocationLifeCycle.retryDelay(failingSince: since, now: now) == .seconds(wait))
    }

    @Test func headNodeNamesGoBothWays() {
        #expect(RequestLifeCycle.request(ofHeadNode: RequestLifeCycle.headNodeName(of: "a.b")) == "a.b")
        #expect(RequestLifeCycle.request(ofHeadNode: "workers") == nil)
    }
}
