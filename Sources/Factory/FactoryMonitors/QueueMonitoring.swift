public import Factory
public import Logging
public import ServiceLifecycle
public import VC3Commands
import VC3Model

/// Tells the monitors of `monitor.conf` of the queues that name them. Nothing waits for them.
public struct QueueMonitoring: Service {
    private let observation: FactoryObservation
    private let monitor: QueueMonitor
    private let factory: MonitoredFactory
    private let queues: @Sendable (String) -> Bool
    private let interval: Duration
    private let runner: any CommandRunner
    private let logger: Logger

    /// - Parameter queues: Which of them name this monitor.
    public init(
        _ observation: FactoryObservation, to monitor: QueueMonitor, of factory: MonitoredFactory,
        interval: Duration = .seconds(30), runner: any CommandRunner = LocalRunner(), logger: Logger,
        queues: @escaping @Sendable (String) -> Bool
    ) {
        self.observation = observation
        self.monitor = monitor
        self.factory = factory
        self.queues = queues
        self.interval = interval
        self.runner = runner
        self.logger = logger
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                switch monitor.plugin {
                case .dummy: try await keepLogging()
                case .apf(let address): try await keepTelling(address)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func keepLogging() async throws {
        var last: [String: String] = [:]
        while true {
            if let report = await observation.report() {
                for (_, set) in report.allSets where queues(set.queue) {
                    let words = "pending=\(set.pending) running=\(set.running) failed=\(set.failed)"
                    if last[set.queue] == words { continue }
                    last[set.queue] = words
                    logger.info("queue", metadata: ["queue": "\(set.queue)", "pilots": "\(words)"])
                }
            }
            try await Task.sleep(for: interval)
        }
    }

    private func keepTelling(_ address: String) async throws {
        var diary = APFDiary()
        var failures = 0
        while true {
            do {
                if let report = await observation.report(naming: true) { try await tell(report, &diary, address) }
                failures = 0
            } catch {
                try Task.checkCancellation()
                if failures == 0 {
                    logger.warning(
                        "a monitor takes no news; tried again, with growing pauses",
                        metadata: ["monitor": "\(monitor.name)", "reason": "\(error)"])
                }
                failures += 1
            }
            try await Task.sleep(for: GraphiteMonitor.pause(after: failures, interval: interval))
        }
    }

    private func tell(_ report: FactoryReport, _ diary: inout APFDiary, _ address: String) async throws {
        let news = diary.news(
            of: report, factory: factory.name, contact: factory.contact, address: factory.address,
            version: factory.version, queues: queues)
        for (call, then) in news {
            try await APFServer(address: address, runner: runner).send(call)
            diary = then
        }
    }
}

/// What monitors are told of a factory itself.
public struct MonitoredFactory: Sendable {
    public var name: String
    /// An address of mail; may be empty.
    public var contact: String
    /// Where its logs are.
    public var address: String
    public var version: String

    public init(name: String, contact: String, address: String, version: String) {
        self.name = name
        self.contact = contact
        self.address = address
        self.version = version
    }
}
