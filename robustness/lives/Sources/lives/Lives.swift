@testable import FactoryFakes

/// `lives FIRST NUMBER`: so many lives, one for each seed from FIRST on. Prints what was wrong, with its seed, and at the end
/// how often each fault happened. `lives --follow SEED` tells all that happens in one.
@main struct Lives {
    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        if words.count == 2, words.first == "--follow", let seed = words.last.flatMap(UInt64.init) {
            let outcome = await SimulatedLife.outcome(of: seed, isFollowed: true)
            for line in outcome.log + outcome.problems { print(line) }
            return
        }
        guard words.count == 2, let first = words.first.flatMap(UInt64.init),
            let number = words.last.flatMap(UInt64.init)
        else {
            print("usage: lives FIRST NUMBER | lives --follow SEED")
            return
        }
        let census = await SimulatedLife.census(of: first..<(first + number)) { print($0) }
        print("lives: \(number) faults: \(census.told)")
        print("lives: \(census.failed) of \(number) went wrong, \(census.absent.count) faults never happened")
    }
}
