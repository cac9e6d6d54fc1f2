public import Factory
public import FactoryCredentials
import FactoryMonitors
public import Logging
public import ServiceLifecycle
public import VC3Configuration
public import VC3Model
import VC3Monitoring

/// `[graphite]` and `[metrics]`: to whom a Factory tells its figures.
public struct MonitoringSettings: Sendable {
    var graphite: GraphiteTarget?
    var metrics: MonitoringPlace?

    public init(reading configuration: ConfigurationReader) {
        let graphite = configuration.section("graphite")
        let host = graphite.value(
            "host", ValueKind<String>.nonEmptyText.optional, default: nil,
            "server that takes Graphite's plaintext protocol; unset: none is told anything")
        let port = graphite.value("port", .integer(in: 1...65_535), default: 2003, "its TCP port")
        let interval = graphite.value(
            "interval", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(60),
            "from one telling to the next")
        let prefix = graphite.value(
            "prefix", .nonEmptyText, default: "condor.factory", "what the names of the figures begin with")
        self.graphite = host.map {
            GraphiteTarget(server: GraphiteServer(host: $0, port: port), interval: interval, prefix: prefix)
        }
        let metrics = configuration.section("metrics")
        let plain = metrics.value(
            "port", ValueKind<Int>.integer(in: 0...65_535).optional, default: nil,
            "plain HTTP port for /metrics of the Factory; 0: any free one; unset: none")
        let bind = metrics.value(
            "bind", .nonEmptyText, default: "127.0.0.1", "its address; whoever reaches it sees the figures")
        self.metrics = plain.map { MonitoringPlace(host: bind, port: $0) }
    }

    /// What tells them, beside the Factory.
    ///
    /// - Parameter host: The name of this machine.
    public func services(
        _ observation: FactoryObservation, credentials: CredentialBoard = CredentialBoard(), host: String,
        clock: WallClock, logger: Logger
    ) -> [any Service] {
        var services: [any Service] = []
        if let graphite {
            services.append(GraphiteMonitor(observation, to: graphite, host: host, clock: clock, logger: logger))
        }
        if var metrics {
            metrics.onListening = {
                logger.notice("showing the Factory's metrics in plain HTTP", metadata: ["port": "\($0)"])
            }
            services.append(
                FactoryMetricsPage(
                    observation, credentials: credentials, version: Release.version, at: metrics, logger: logger))
        }
        return services
    }
}
