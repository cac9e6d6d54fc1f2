import Testing
import VC3Model

@Suite struct StaticBalancedTests {
    @Test(
        arguments: [
            (nodes: 6, allocations: 3, shares: [2, 2, 2]),
            (7, 3, [2, 2, 3]),
            (8, 3, [2, 2, 4]),
            (1, 3, [0, 0, 1]),
            (0, 2, [0, 0]),
            (5, 1, [5]),
            (-3, 2, [0, 0]),
            (5, 0, []),
        ])
    func theLastAllocationTakesTheRemainder(_ row: (nodes: Int, allocations: Int, shares: [Int])) {
        #expect(StaticBalanced.shares(of: row.nodes, among: row.allocations) == row.shares)
    }

    @Test(arguments: 1...12)
    func noWorkerIsLostOrMultiplied(allocations: Int) {
        for nodes in 0...50 {
            #expect(StaticBalanced.shares(of: nodes, among: allocations).reduce(0, +) == nodes)
        }
    }
}
