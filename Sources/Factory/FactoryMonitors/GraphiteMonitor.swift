public import Factory
public import Logging
public import ServiceLifecycle
public import VC3Model
public import VC3Monitoring

/// Sends a Factory's figures to Graphite, time after time. Nothing waits for it.
public struct GraphiteMonitor: Service {
    /// The longest pause after failures.
    static let longestPause = Duration.seconds(600)

    private let observation: FactoryObservation
    private let target: GraphiteTarget
    private let host: String
    private let clock: WallClock
    private let logger: Logger

    /// - Parameter host: The name of this machine.
    public init(
        _ observation: FactoryObservation, to target: GraphiteTarget, host: String, clock: WallClock, logger: Logger
    ) {
        self.observation = observation
        self.target = target
        self.host = host
        self.clock = clock
        self.logger = logger
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await keepSending() }
        } catch is CancellationError {
            return
        }
    }

    private func keepSending() async throws {
        var figures = GraphiteFigures(prefix: target.prefix, host: host)
        var failures = 0
        while true {
            // While no Factory works here, nothing is known: that is not zero.
            if let report = await observation.report() {
                do {
                    try await target.server.send(figures.metrics(of: report, at: clock.now()))
                    if failures > 0 { logger.notice("Graphite takes figures again", metadata: place) }
                    failures = 0
                } catch {
                    try Task.checkCancellation()
                    if failures == 0 {
                        logger.warning(
                            "Graphite does not take figures; tried again, with growing pauses",
                            metadata: place.merging(["reason": "\(error)"]) { $1 })
                    }
                    failures += 1
                }
            }
            try await Task.sleep(for: Self.pause(after: failures, interval: target.interval))
        }
    }

    private var place: Logger.Metadata { ["host": "\(target.server.host)", "port": "\(target.server.port)"] }

    static func pause(after failures: Int, interval: Duration) -> Duration {
        failures == 0 ? interval : max(interval, min(interval * (1 << min(failures - 1, 10)), longestPause))
    }
}

/// Where figures are sent, how often, and under which name.
public struct GraphiteTarget: Sendable, Equatable {
    public var server: GraphiteServer
    public var interval: Duration
    public var prefix: String

    public init(server: GraphiteServer, interval: Duration = .seconds(60), prefix: String = "condor.factory") {
        self.server = server
        self.interval = interval
        self.prefix = prefix
    }
}
