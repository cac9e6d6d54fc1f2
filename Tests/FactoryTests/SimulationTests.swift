import Foundation
import Testing

@testable import Factory

/// Some hundred short lives of a Factory at sites where everything goes wrong; `robustness/simulation` has many more.
///
/// `VC3_SEEDS=1000` runs more of them, from `VC3_FIRST_SEED` on; `VC3_SEED=17` runs one and tells all that happens in it.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let one = environment["VC3_SEED"].flatMap(UInt64.init)

    @Test(.enabled(if: one == nil)) func noPilotIsLostDoubledOrOneTooMany() async {
        let first = Self.environment["VC3_FIRST_SEED"].flatMap(UInt64.init) ?? 1
        let number = Self.environment["VC3_SEEDS"].flatMap(UInt64.init) ?? 200
        let census = await SimulatedLife.census(of: first..<(first + number)) { Issue.record("\($0)") }
        print("simulation: \(number) lives, faults: \(census.told)")
        #expect(number < 200 || census.absent.isEmpty, "these never happened")
    }

    @Test(.enabled(if: one != nil)) func oneLifeIsTold() async throws {
        let life = await SimulatedLife.outcome(of: try #require(Self.one), isFollowed: true)
        for line in life.log { print(line) }
        #expect(life.problems.isEmpty)
    }

    @Test func aSeedAlwaysTellsTheSameStory() async {
        for seed in 1...5 as ClosedRange<UInt64> {
            let first = await SimulatedLife.outcome(of: seed, isFollowed: true)
            let second = await SimulatedLife.outcome(of: seed, isFollowed: true)
            // What is written in one step has no order.
            #expect(first.log.sorted() == second.log.sorted(), "seed \(seed)")
        }
    }
}
