import FactoryLogs
public import Logging
public import ServiceLifecycle
public import VC3Certificates
import VC3Daemon
public import VC3Model
public import VC3Transport

extension FactoryKeys.Logs {
    /// What serves pilots' logs and removes old ones.
    ///
    /// - Parameters:
    ///   - files: What the program itself shows and trusts.
    ///   - revoked: What it knows to be taken back.
    ///   - revocations: Tells a server of what else is.
    ///   - days: Asked each time: those that queues say themselves.
    /// - Throws: `StartError` when the log server has no certificate that it could show.
    public func services(
        showing files: CredentialFiles, revoked: RevocationLists,
        revocations: (any RevocationHearing) -> any Service, clock: WallClock, logger: Logger,
        days: @escaping @Sendable () -> QueueLogDays
    ) async throws -> [any Service] {
        let cleaning = LogCleaning(folder, clock: clock, logger: logger) { [self] in retention(days()) }
        guard server.isOn else { return [cleaning] }
        var own = files
        own.certificate = server.certificateFile ?? own.certificate
        own.key = server.keyFile ?? own.key
        let tls: MutualTLSServer
        do {
            tls = try MutualTLSServer(try await own.load().0, revoked: revoked)
        } catch {
            throw StartError("logserver.certfile: \(error)")
        }
        let place = LogServerPlace(
            host: server.bind, port: port, audience: LogAudience(readers: Set(server.readers)),
            hasIndex: server.hasIndex, allowsRobots: server.allowsRobots
        ) { logger.notice("serving pilots' logs", metadata: ["port": "\($0)"]) }
        return [
            cleaning, LogServer(folder, tls: tls, at: place, logger: logger),
            LogCertificate(own, of: tls, logger: logger), revocations(tls),
        ]
    }
}
