public import Factory
public import FactoryMonitors
public import Logging
public import ServiceLifecycle

/// Tells the monitors that there are now. When these change, all are begun anew: each is told again what there is.
public struct CurrentMonitoring: Service {
    private let observation: FactoryObservation
    private let queues: CurrentQueues
    private let factory: MonitoredFactory
    private let pace: Duration
    private let logger: Logger

    /// - Parameter pace: From one look at ``CurrentQueues/monitors`` to the next.
    public init(
        observation: FactoryObservation, queues: CurrentQueues, factory: MonitoredFactory,
        pace: Duration = .seconds(1), logger: Logger
    ) {
        self.observation = observation
        self.queues = queues
        self.factory = factory
        self.pace = pace
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled { await tell(queues.monitors) }
        }
    }

    /// Until there are others.
    private func tell(_ monitors: [QueueMonitor]) async {
        await withTaskGroup(of: Void.self) { group in
            for monitor in monitors {
                let monitoring = QueueMonitoring(observation, to: monitor, of: factory, logger: logger) { [queues] in
                    queues.tells(monitor.name, of: $0)
                }
                // It ends only when it is cancelled.
                group.addTask { try? await monitoring.run() }
            }
            while queues.monitors == monitors, (try? await Task.sleep(for: pace)) != nil {}
            group.cancelAll()
        }
    }
}
