import Testing
import VC3Model

/// The chain as a table: what is known, how many get through each step, and what keeps the first that do not.
@Suite struct WorkerChainTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var counts: [Int]
        var reasons: [String: String]
        var change: @Sendable (inout WorkerChain.Facts) -> Void
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "all have joined", counts: [10, 4, 4, 4, 4, 4, 4, 4, 4], reasons: ["policy": "Share"]) { _ in },
        Row(
            name: "no head node", counts: [10, 0, 0, 0, 0, 0, 0, 0, 0], reasons: ["policy": "HeadNodeNotReady"]
        ) {
            $0 = WorkerChain.Facts()
            $0.asked = 10
            $0.hasHeadNode = false
        },
        Row(
            name: "the account's quota lets some wait", counts: [10, 4, 1, 1, 1, 1, 1, 1, 1],
            reasons: ["policy": "Share", "quota": "LimitReached"]
        ) {
            ($0.keptByQuota, $0.started, $0.validated, $0.joined) = (3, 1, 1, 1)
            $0.quota = .init(reason: "LimitReached", message: "AssocGrpJobsLimit", mender: .nobody)
        },
        Row(
            name: "the site refuses more than the account's quota", counts: [10, 4, 1, 1, 1, 1, 1, 1, 1],
            reasons: ["policy": "Share", "quota": "LimitReached"]
        ) {
            ($0.alive, $0.permittedByLimits, $0.isQuotaReached) = (1, 3, true)
            ($0.started, $0.validated, $0.joined) = (1, 1, 1)
            $0.quota = .init(reason: "LimitReached", message: "AssocMaxSubmitJobLimit", mender: .nobody)
            $0.breaker = $0.quota
        },
        Row(
            name: "a quota, then a limit of ours, then a pause", counts: [10, 4, 3, 2, 1, 1, 1, 1, 1],
            reasons: ["policy": "Share", "quota": "LimitReached", "limits": "Limited", "breaker": "NodeDiskShort"]
        ) {
            ($0.alive, $0.keptByQuota, $0.permittedByLimits, $0.permittedByBreaker) = (2, 1, 1, 0)
            ($0.started, $0.validated, $0.joined) = (1, 1, 1)
            $0.limits = "at most 1 pending at a time"
            $0.breaker = .init(reason: "NodeDiskShort", message: "3 MiB free", mender: .operator)
        },
        Row(
            name: "limits", counts: [10, 4, 4, 3, 3, 3, 3, 3, 3], reasons: ["policy": "Share", "limits": "Limited"]
        ) {
            $0.alive = 3
            ($0.started, $0.validated, $0.joined) = (3, 3, 3)
            $0.limits = "at most 3 at once"
        },
        Row(
            name: "the breaker is open", counts: [10, 4, 4, 4, 0, 0, 0, 0, 0],
            reasons: ["policy": "Share", "breaker": "NodeDiskShort"]
        ) {
            $0.alive = 0
            $0.permittedByLimits = 4
            ($0.started, $0.validated, $0.joined) = (0, 0, 0)
            $0.breaker = .init(reason: "NodeDiskShort", message: "3 MiB free", mender: .operator)
        },
        Row(
            name: "the account is locked", counts: [10, 4, 4, 4, 4, 1, 1, 1, 1],
            reasons: ["policy": "Share", "credential": "AuthenticationRefused"]
        ) {
            ($0.alive, $0.permittedByLimits, $0.permittedByBreaker) = (1, 3, 3)
            ($0.started, $0.validated, $0.joined) = (1, 1, 1)
            $0.credential = .init(reason: "AuthenticationRefused", message: "no", mender: .user)
        },
        Row(
            name: "waiting in the queue", counts: [10, 4, 4, 4, 4, 4, 1, 1, 1],
            reasons: ["policy": "Share", "batch": "Waiting"]
        ) {
            ($0.started, $0.validated, $0.joined) = (1, 1, 1)
            $0.batch = .init(reason: "Waiting", message: "Priority", mender: .nobody)
        },
        Row(
            name: "on the way", counts: [10, 4, 4, 4, 4, 4, 4, 2, 1],
            reasons: ["policy": "Share", "validation": "Validating", "joined": "Joining"]
        ) { ($0.validated, $0.joined) = (2, 1) },
    ]

    private static func facts(_ change: (inout WorkerChain.Facts) -> Void) -> WorkerChain.Facts {
        var facts = WorkerChain.Facts()
        (facts.asked, facts.policy, facts.wanted, facts.alive) = (10, "static-balanced", 4, 4)
        (facts.started, facts.validated, facts.joined) = (4, 4, 4)
        change(&facts)
        return facts
    }

    @Test(arguments: rows)
    func eachStepNamesWhatKeepsWorkers(row: Row) {
        let chain = WorkerChain(Self.facts(row.change), at: Timestamp(milliseconds: 1000))
        #expect(chain.links.map(\.step) == ChainLink.Step.allCases)
        #expect(chain.links.map(\.count) == row.counts)
        let reasons = chain.links.compactMap { link in link.reason.map { (link.step.rawValue, $0) } }
        #expect(Dictionary(reasons) { first, _ in first } == row.reasons)
        for link in chain.links { #expect((link.reason == nil) == (link.since == nil) && (link.message ?? "x") != "") }
    }

    @Test func aReasonThatStaysKeepsItsMoment() {
        let early = Timestamp(milliseconds: 1000)
        let late = Timestamp(milliseconds: 9000)
        var facts = Self.facts { ($0.validated, $0.joined) = (2, 2) }
        facts.validation = .init(reason: "NodeDiskShort", message: "first")
        let before = WorkerChain(facts, at: early).links
        facts.validation = .init(reason: "NodeDiskShort", message: "second")
        let same = WorkerChain(facts, before: before, at: late).links
        #expect(same.first { $0.step == .validation }?.since == early)
        #expect(same.first { $0.step == .validation }?.message == "second")
        facts.validation = .init(reason: "NodeClockWrong", message: "third")
        let other = WorkerChain(facts, before: before, at: late).links
        #expect(other.first { $0.step == .validation }?.since == late)
        #expect(other.first { $0.step == .policy }?.since == early)
    }

    @Test func moreAliveThanWantedIsNoMoreThanWanted() {
        let chain = WorkerChain(
            Self.facts {
                $0.alive = 9; $0.started = 9; $0.joined = 9
            }, at: Timestamp(milliseconds: 0))
        #expect(chain.links.map(\.count) == [10, 4, 4, 4, 4, 4, 4, 4, 4])
    }
}
