import ArgumentParser
import VC3CommandLine

@main
struct VC3: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vc3",
        abstract: "Virtual clusters from the accounts that a group already has.",
        discussion: """
            Start the services on this machine with `vc3 up`, then work with them through `vc3-client`.

            Exit codes: 0 done or ended in order; 1 failed; 2 the command line is wrong.
            """,
        version: "0.1.0",
        subcommands: [Up.self])

    static func main() async { await runToEnd() }
}
