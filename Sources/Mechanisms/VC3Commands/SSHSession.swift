/// Runs commands in an account at a login node over one shared connection.
public actor SSHSession: CommandRunner {
    public nonisolated let endpoint: SSHEndpoint

    public init(
        endpoint: SSHEndpoint, credentials: SSHCredentials, folder: String, limits: SSHLimits = SSHLimits()
    ) {
        self.endpoint = endpoint
    }

    public func open() async throws(CommandError) {}

    public func run(_ command: Command) async throws(CommandError) -> CommandResult {
        throw CommandError(.localFailure, "cannot run \(command.arguments.first ?? "nothing")")
    }

    public func put(
        _ bytes: [UInt8], to path: String, mode: UInt16 = 0o600, timeout: Duration = .seconds(60)
    ) async throws(CommandError) {}

    public func put(
        contentsOf localPath: String, to path: String, mode: UInt16 = 0o600, timeout: Duration = .seconds(600)
    ) async throws(CommandError) {}

    public func close() async {}

    public var usage: SSHUsage { SSHUsage() }

    public static func readHostKey(
        of endpoint: SSHEndpoint, timeout: Duration = .seconds(20)
    ) async throws(CommandError) -> PinnedHostKey {
        throw CommandError(.unreachable, "\(endpoint) does not answer")
    }
}
