import Testing
import VC3Model

@testable import Factory

/// Nodes, sets and sites at which pilots fail, as values.
@Suite struct NodeHealthTests {
    private func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    @Test func aNodeThatSwallowsPilotsIsShunnedAndTriedAgain() {
        var nodes = NodeHealth()
        nodes.noteSuccess(at: "good", at(0))
        nodes.noteFailure(at: "bad", "no disk", at(1))
        #expect(nodes.shunned(at: at(1)).isEmpty, "one failure may be bad luck")
        nodes.noteFailure(at: "bad", "no disk", at(2))
        #expect(
            nodes.shunned(at: at(2)) == [ShunnedNode(node: "bad", reason: "2 pilots in a row: no disk", until: at(602))]
        )
        #expect(nodes.nextChange(after: at(2)) == at(602))
        #expect(nodes.shunned(at: at(602)).isEmpty, "one may try it")
        nodes.noteSuccess(at: "good", at(603))
        nodes.noteFailure(at: "bad", "no disk", at(604))
        #expect(nodes.shunned(at: at(604)).map(\.until) == [at(604 + 1200)])
        nodes.noteSuccess(at: "bad", at(2000))
        nodes.noteFailure(at: "bad", "no disk", at(2001))
        #expect(nodes.shunned(at: at(2001)).isEmpty, "it was well in between")
        nodes.noteSuccess(at: "good", at(2002))
        nodes.noteFailure(at: "bad", "no disk", at(2002))
        #expect(nodes.shunned(at: at(2002)).count == 1)
        nodes.forgive()
        #expect(nodes.shunned(at: at(2002)).isEmpty)
    }

    @Test func aSiteWithoutAGoodNodeShunsNone() {
        var nodes = NodeHealth()
        for second in 1...100 { nodes.noteFailure(at: "n\(second % 5)", "no disk", at(Int64(second))) }
        #expect(nodes.shunned(at: at(100)).isEmpty)
        nodes.noteSuccess(at: "n1", at(101))
        for node in ["n1", "n1", "n1"] { nodes.noteFailure(at: node, "x", at(102)) }
        #expect(nodes.shunned(at: at(102)).isEmpty, "the only good one is not worse than the others")
    }

    @Test func halfOfTheNodesAreLeft() {
        var nodes = NodeHealth()
        for second in 1...20 {
            nodes.noteSuccess(at: "good", at(Int64(second)))
            nodes.noteFailure(at: "n\(second % 5)", "no disk", at(Int64(second)))
        }
        #expect(nodes.shunned(at: at(20)).count == 3, "of six")
    }

    @Test(arguments: ["", "-x", "n1,n2", "n 1", "n1)", "n\u{e9}", String(repeating: "n", count: 254)])
    func strangeNamesAreNoNodes(name: String) {
        var nodes = NodeHealth()
        nodes.noteSuccess(at: "good", at(0))
        for _ in 1...3 { nodes.noteFailure(at: name, "x", at(1)) }
        #expect(nodes.shunned(at: at(1)).isEmpty)
    }

    @Test func breakersAreMorePatientWithPilotsThanWithSubmissions() {
        func pauses(_ trip: Breaker.Trip, isProven: Bool) -> [Int64] {
            var breaker = Breaker()
            return (1...6).map { _ in
                breaker.trip(trip, isProven: isProven, at: .zero)
                return breaker.pausedUntil.components.seconds
            }
        }
        #expect(pauses(.submission, isProven: false) == [2, 4, 8, 16, 32, 64])
        #expect(pauses(.pilot, isProven: true) == [2, 20, 60, 180, 300, 300])
        #expect(pauses(.pilot, isProven: false) == [20, 60, 180, 300, 300, 300])
    }

    @Test func beforeOneWasWellFewAreTried() {
        let breaker = Breaker()
        #expect(breaker.permitted(10, unproven: 0, canaries: 2, at: .zero) == 2)
        #expect(breaker.permitted(10, unproven: 1, canaries: 2, at: .zero) == 1)
        #expect(breaker.permitted(10, unproven: 5, canaries: 2, at: .zero) == 0)
        #expect(breaker.permitted(10, unproven: 5, at: .zero) == 10)
    }

    @Test func endingsThatNobodyAskedForAreBounded() {
        var budget = EndingBudget()
        #expect(budget.left(of: 3, at: .zero) == 10)
        #expect(budget.left(of: 1000, at: .zero) == 100)
        budget.spend(100, at: .zero)
        #expect(budget.left(of: 900, at: .seconds(59)) == 0)
        #expect(budget.next == .seconds(60))
        #expect(budget.left(of: 900, at: .seconds(60)) == 90)
    }

    @Test func eachWordOfAPilotHasItsOwnMeaning() {
        #expect(Set(PilotFault.all.map(\.word)).count == PilotFault.all.count)
        #expect(PilotFault.of("disk-short").reason == "NodeDiskShort")
        #expect(PilotFault.of(nil) == .other && PilotFault.of("nonsense") == .other)
    }
}
