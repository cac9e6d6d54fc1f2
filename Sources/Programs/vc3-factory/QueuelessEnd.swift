import Factory
import Foundation
import Logging
import ServiceLifecycle

/// Ends the program in order once no queue decides any more: `abort_no_queues`.
struct QueuelessEnd: Service {
    let observation: FactoryObservation
    let queues: QueueBoard
    let interval: Duration
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await Task.sleep(for: interval)
                    guard let report = await observation.report() else { continue }
                    let sets = report.sites.flatMap(\.sets)
                    guard sets.allSatisfy(\.isResting), queues.areAllKnown(to: report) else { continue }
                    logger.notice("no queue is left: the factory ends, as abort_no_queues says")
                    // As if somebody had ended it: every service ends in its own order.
                    kill(getpid(), SIGTERM)
                    return try await Task.sleep(for: .seconds(3600))
                }
            }
        } catch is CancellationError {
            return
        }
    }
}
