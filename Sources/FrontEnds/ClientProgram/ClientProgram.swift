import ClientCommands
import ClientSettings
import Foundation
import InfoserviceClient
import VC3Model

/// `vc3-client` as a whole: reads the configuration, connects, and leaves the rest to `ClientCommands`.
public struct ClientProgram {
    /// Runs one command line.
    ///
    /// - Parameters:
    ///   - arguments: Without the program's name.
    ///   - environment: The program's.
    /// - Returns: The exit code.
    public static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let terminal = Terminal()
        let console = terminal.console
        let ask: @Sendable (String) async throws -> [UInt8] = { try await SecretPrompt().answer(to: $0) }
        let surroundings = ClientSurroundings(
            console: console, clock: WallClock { Timestamp(Date()) }, sleep: { try await Task.sleep(for: $0) },
            homeFolder: home, ask: Terminal.isPersons ? ask : nil)
        let tool = ClientTool(surroundings: surroundings) { options, body in
            let source = ConfigurationSource(
                option: options.config, environment: environment["VC3_CLIENT_CONF"], homeFolder: home)
            return try await connect(source, options: options, console: console, body)
        }
        let code = await tool.run(arguments)
        return terminal.isOutputComplete ? code : 1
    }

    private static func connect(
        _ source: ConfigurationSource, options: GlobalOptions, console: Console,
        _ body: @Sendable (ClientConnection) async -> Int32
    ) async throws -> Int32 {
        let (configuration, warnings) = try source.load()
        for warning in warnings { console.note("\(warning)") }
        // Whoever sits at a keyboard would rather hear soon that nobody answers.
        return try await configuration.withInfoservice(timeouts: Timeouts(attempts: 1)) { remote in
            let endpoint = configuration.addresses.map(\.description).joined(separator: ", ")
            if options.debug || options.verbose {
                console.note(
                    "info: infoservice \(endpoint), from \(configuration.origin), as \(configuration.certfile ?? "nobody")"
                )
            }
            let connection = ClientConnection(
                infoservice: options.debug || options.verbose ? TracedInfoservice(remote, console: console) : remote,
                endpoint: endpoint, configuredIn: configuration.origin,
                enrolment: (configuration.enrolment.host, configuration.enrolment.port),
                trustedFile: configuration.chainfile, retrievePairing: { try await configuration.pairing($0) })
            return await body(connection)
        }
    }
}
