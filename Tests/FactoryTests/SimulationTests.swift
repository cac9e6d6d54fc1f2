import Foundation
import Testing

@testable import Factory

/// Some hundred short lives of a Factory at sites where everything goes wrong, and a few of several that share them;
/// `robustness/simulation` has many more.
///
/// `VC3_SEEDS=1000` runs more of them, from `VC3_FIRST_SEED` on; `VC3_SEED=17` runs one and tells all that happens in it.
@Suite struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let one = environment["VC3_SEED"].flatMap(UInt64.init)

    /// How many lives make sure that each fault happens. Those of several take far longer.
    private static func usual(_ cast: SimulatedLife.Cast) -> UInt64 { cast == .one ? 200 : 2 }

    @Test(.enabled(if: one == nil), arguments: SimulatedLife.Cast.allCases)
    func noPilotIsLostDoubledOrOneTooMany(_ cast: SimulatedLife.Cast) async {
        let first = Self.environment["VC3_FIRST_SEED"].flatMap(UInt64.init) ?? 1
        let number = Self.environment["VC3_SEEDS"].flatMap(UInt64.init) ?? Self.usual(cast)
        let census = await SimulatedLife.census(of: first..<(first + number), cast) { Issue.record("\($0)") }
        print("simulation: \(number) lives of \(cast), faults: \(census.told)")
        #expect(cast == .several || number < 200 || census.absent.isEmpty, "these never happened")
    }

    @Test(.enabled(if: one != nil), arguments: SimulatedLife.Cast.allCases)
    func oneLifeIsTold(_ cast: SimulatedLife.Cast) async throws {
        let life = await SimulatedLife.outcome(of: try #require(Self.one), cast, isFollowed: true)
        for line in life.log { print(line) }
        #expect(life.problems.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func aSeedAlwaysTellsTheSameStory(_ seed: UInt64) async {
        let first = await SimulatedLife.outcome(of: seed, .one, isFollowed: true)
        let second = await SimulatedLife.outcome(of: seed, .one, isFollowed: true)
        // What is written in one step has no order.
        #expect(first.log.sorted() == second.log.sorted())
    }

    @Test func aSeedOfSeveralTellsTheSameStory() async {
        let first = await SimulatedLife.outcome(of: 1, .several, isFollowed: true)
        let second = await SimulatedLife.outcome(of: 1, .several, isFollowed: true)
        #expect(first.log.sorted() == second.log.sorted())
    }
}
