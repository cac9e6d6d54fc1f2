import ArgumentParser
import ClientProgram
import Foundation

/// `vc3 site-login RESOURCE`: `vc3-client site-login` under the name that goes with `vc3 login`.
struct SiteLogin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site-login",
        abstract: "Log in to a site that asks for a second factor, so that VC3 can work there until the login ends.",
        discussion: """
            You answer the site's questions here, in your own terminal. The Factory keeps the connection; your answers are \
            sealed on their way to it and are kept nowhere. What runs at the site goes on when the login ends.

            Examples:
              vc3 site-login alpha               log in to resource alpha
              vc3 site-login alpha --again       log in anew, before the present login ends
              vc3 site-login --list              which logins there are, and until when
              vc3 site-login --end alpha         end the login

            All options: vc3-client help site-login
            """)

    @Option(name: .shortAndLong, help: "Configuration file(s) of vc3-client, if not at the usual places.")
    var config: String?

    @Argument(parsing: .allUnrecognized, help: "What is given to vc3-client site-login.")
    var arguments: [String] = []

    func run() async throws {
        let place = config.map { ["-c", $0] } ?? []
        let code = await ClientProgram.run(
            place + ["site-login"] + arguments, environment: ProcessInfo.processInfo.environment)
        if code != 0 { throw ExitCode(code) }
    }
}
