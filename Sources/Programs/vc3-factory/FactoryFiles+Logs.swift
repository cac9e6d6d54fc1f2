import FactoryLogs
import FactorySettings
import Logging
import PartWiring
import ServiceLifecycle
import VC3Model

extension FactoryFiles {
    /// What serves pilots' logs and removes old ones.
    ///
    /// - Throws: `StartError` when the log server has no certificate that it could show.
    func logServices(
        over connection: PartConnection, queues: CurrentQueues, clock: WallClock, logger: Logger
    ) async throws -> [any Service] {
        try await keys.logs.services(
            showing: network.files, revoked: connection.revoked,
            revocations: { connection.revocations(for: $0, logger: logger) }, clock: clock, logger: logger
        ) { queues.keepDays }
    }
}
