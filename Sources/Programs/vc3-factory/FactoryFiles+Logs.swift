import FactoryLogs
import FactorySettings
import Foundation
import Logging
import PartWiring
import ServiceLifecycle
import VC3Daemon
import VC3Model
import VC3Transport

extension FactoryFiles {
    /// What serves pilots' logs and removes old ones.
    ///
    /// - Throws: ``StartError`` when the log server has no certificate that it could show.
    func logServices(
        over connection: PartConnection, clock: WallClock, logger: Logger
    ) async throws -> [any Service] {
        let retention = keys.logs.retention(
            queues: Dictionary(
                sections.settings.compactMap { queue in queue.keepDays.map { (queue.name, $0) } }, uniquingKeysWith: max
            ))
        let cleaning = LogCleaning(keys.logs.folder, clock: clock, logger: logger) { retention }
        guard keys.logs.server.isOn else { return [cleaning] }
        var own = network.files
        own.certificate = keys.logs.server.certificateFile ?? own.certificate
        own.key = keys.logs.server.keyFile ?? own.key
        let tls: MutualTLSServer
        do {
            tls = try MutualTLSServer(try await own.load().0, revoked: connection.revoked)
        } catch {
            throw StartError("[Factory] logserver.certfile: \(error)")
        }
        let port = keys.logs.port
        let place = LogServerPlace(
            host: keys.logs.server.bind, port: port, audience: LogAudience(readers: Set(keys.logs.server.readers)),
            hasIndex: keys.logs.server.hasIndex, allowsRobots: keys.logs.server.allowsRobots
        ) { logger.notice("serving pilots' logs", metadata: ["port": "\($0)"]) }
        return [
            cleaning, LogServer(keys.logs.folder, tls: tls, at: place, logger: logger),
            LogCertificate(own, of: tls, logger: logger), connection.revocations(for: tls, logger: logger),
        ]
    }
}
