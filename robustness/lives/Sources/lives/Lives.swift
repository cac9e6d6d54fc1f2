@testable import FactoryFakes

/// `lives CAST FIRST NUMBER`: so many lives of one or several Factories, one for each seed from FIRST on. Prints what was wrong,
/// with its seed, and at the end how often each fault happened. `lives CAST --follow SEED` tells all that happens in one.
@main struct Lives {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count == 3, let cast = SimulatedLife.Cast(rawValue: words[0]), let number = UInt64(words[2]) else {
            return usage()
        }
        if words[1] == "--follow" {
            let outcome = await SimulatedLife.outcome(of: number, cast, isFollowed: true)
            for line in outcome.log + outcome.problems { print(line) }
            return
        }
        guard let first = UInt64(words[1]) else { return usage() }
        let census = await SimulatedLife.census(of: first..<(first + number), cast) { print($0) }
        print("lives: \(number) faults: \(census.told)")
        print("lives: \(census.failed) of \(number) went wrong, \(census.absent.count) faults never happened")
    }

    private static func usage() { print("usage: lives one|several FIRST NUMBER | lives one|several --follow SEED") }
}
