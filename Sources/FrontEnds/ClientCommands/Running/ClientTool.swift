import InfoserviceAPI
import VC3Model

/// The whole of `vc3-client` but for configuration files and the network: arguments in, exit code out.
public struct ClientTool: Sendable {
    /// Connects to the Infoservice that the options name and hands it to the body.
    ///
    /// Throws what keeps it from connecting, with a description for the person at the keyboard.
    public typealias Connect =
        @Sendable (
            _ options: GlobalOptions, _ body: @Sendable (ClientConnection) async -> Int32
        ) async throws -> Int32

    private let surroundings: ClientSurroundings
    private let connect: Connect

    public init(surroundings: ClientSurroundings, connect: @escaping Connect) {
        self.surroundings = surroundings
        self.connect = connect
    }

    /// Runs one command line, without the program's name.
    ///
    /// - Returns: 0 done; 1 error; 2 unusable arguments, an entity to create exists, or one to change does not;
    ///   3 an entity to show or delete does not exist.
    public func run(_ arguments: [String]) async -> Int32 {
        switch CommandLineReader.read(arguments) {
        case .answer(let text):
            surroundings.console.write(text)
            return ExitCodes.success
        case .refusal(let text, let exitCode):
            // The original reported usage errors on standard error and all others on standard output.
            exitCode == ExitCodes.unusable ? surroundings.console.note(text) : surroundings.console.write(text)
            return exitCode
        case .command(let command, let options):
            do {
                return try await connect(options) { connection in await perform(command, over: connection) }
            } catch {
                surroundings.console.write("Error: \(error)")
                return ExitCodes.failure
            }
        }
    }

    private func perform(_ command: any ClientCommand, over connection: ClientConnection) async -> Int32 {
        do {
            try await command.perform(in: ClientSession(connection: connection, surroundings: surroundings))
            return ExitCodes.success
        } catch let failure as ClientFailure {
            return report(ErrorReport(failure))
        } catch let error as VC3Error {
            let nearest = error.code == .notFound ? await nearestName(to: command.target, over: connection) : nil
            return report(ErrorReport(error, of: command, connection: connection, nearest: nearest))
        } catch {
            return report(ErrorReport(ClientFailure(message: "\(error)")))
        }
    }

    private func report(_ report: ErrorReport) -> Int32 {
        surroundings.console.write(report.text)
        return report.exitCode
    }

    /// The existing name that a missing one was probably meant to be; a failure to find out does not matter.
    private func nearestName(to target: EntityKey?, over connection: ClientConnection) async -> String? {
        guard let target, let list = try? await connection.infoservice.records(target.kind),
            !list.items.contains(where: { $0.name == target.name })
        else { return nil }
        return NearestName.to(target.name, among: list.items.map(\.name))
    }
}
