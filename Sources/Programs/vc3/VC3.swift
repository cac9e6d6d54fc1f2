import ArgumentParser
import VC3CommandLine
import VC3Model

@main
struct VC3: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vc3",
        abstract: "Virtual clusters from the accounts that a group already has.",
        discussion: """
            Start the services on this machine with `vc3 up`, then work with them through `vc3-client`. Who comes new             gets a certificate by a code of an admin: people with `vc3 login`, hosts and parts of VC3 with `vc3 enrol`. `vc3 site-login` logs in to a site that asks for a second factor.

            Exit codes: 0 done or ended in order; 1 failed; 2 the command line is wrong. `enrol` and `login` have more.
            """,
        version: Release.version,
        subcommands: [Up.self, Enrol.self, Login.self, SiteLogin.self])

    static func main() async { await runToEnd() }
}
