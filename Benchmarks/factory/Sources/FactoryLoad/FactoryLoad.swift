import Foundation
import VC3Model

/// What Benchmarks/factory/run starts. Every answer is lines of `name=number`.
@main struct FactoryLoad {
    static let usage = """
        usage: factory-load fleet FOLDER PILOTS     the life of a fleet at simulated batch systems
               factory-load rest FOLDER PILOTS      the same, and then a minute of rest
               factory-load submit FOLDER PILOTS SITE FLAVOR KEY KNOWN_HOSTS
                                                    so many pilots to a site over SSH, from the order to the last job
               factory-load first FOLDER PILOTS SITE FLAVOR KEY KNOWN_HOSTS
                                                    pilots wanted to running, at a site of which nothing is known
               factory-load follow FOLDER PILOTS SITE FLAVOR KEY KNOWN_HOSTS
                                                    the same at one that is known; the end of one job to its being known

        """

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.count) {
        case ("fleet", 3), ("rest", 3):
            try await FleetLoad(folder: words[1], pilots: number(words[2])).run(resting: words[0] == "rest")
        case ("submit", 7), ("first", 7), ("follow", 7):
            let load = SiteLoad(
                folder: words[1], site: words[3], flavor: words[4], key: words[5], knownHosts: words[6])
            let pilots = number(words[2])
            switch words[0] {
            case "submit": try await load.submit(pilots)
            case "first": try await load.first(pilots)
            default: try await load.follow(pilots)
            }
        default:
            FileHandle.standardError.write(Data(usage.utf8))
            exit(64)
        }
    }

    private static func number(_ word: String) -> Int {
        guard let number = Int(word), number > 0 else {
            FileHandle.standardError.write(Data("'\(word)' is not a number of pilots\n\(usage)".utf8))
            exit(64)
        }
        return number
    }
}
