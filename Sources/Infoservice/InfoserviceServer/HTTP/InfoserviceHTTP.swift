public import InfoserviceStore
import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOConcurrencyHelpers
import NIOCore
public import ServiceLifecycle
import VC3Model
public import VC3Monitoring
public import VC3Transport

/// Serves an ``EntityStore`` over HTTP with mutual TLS: `/v1`, the original's `/info`, `/healthz`, `/readyz` and
/// `/metrics`.
///
/// On graceful shutdown it takes no new connection, ends the watches and lets running requests finish.
public struct InfoserviceHTTP: Service {
    private let engine: EntityStore
    private let tls: MutualTLSServer
    private let legacy: LegacyMode
    private let host: String
    private let port: Int
    private let limits: RequestLimits
    private let monitoring: MonitoringPlace?
    private let enrolment: EnrolmentPlace?
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - legacy: Whether the original's wire protocol is served.
    ///   - host: The address to listen on.
    ///   - port: 0 for any free one.
    ///   - limits: For each identity that is a user or an agent.
    ///   - monitoring: Where else probes and metrics are served, without TLS.
    ///   - enrolment: Where those who have no certificate yet get one, by a code; `nil`: nowhere.
    ///   - onListening: Told the port as soon as connections are taken.
    public init(
        engine: EntityStore, tls: MutualTLSServer, legacy: LegacyMode = .on, host: String, port: Int,
        limits: RequestLimits = .none, monitoring: MonitoringPlace? = nil,
        enrolment: EnrolmentPlace? = nil, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.engine = engine
        self.tls = tls
        self.legacy = legacy
        self.host = host
        self.port = port
        self.limits = limits
        self.monitoring = monitoring
        self.enrolment = enrolment
        self.logger = logger
        self.onListening = onListening
    }

    /// Heads that the original took must come through; a longer one is answered by the route as long as it can be read.
    private static let headLimits = HTTP1Channel.Configuration(
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 2 * LegacyRoutes.longestHead, maxHeaderListSize: 2 * LegacyRoutes.longestHead))

    public func run() async throws {
        let router = Router(context: InfoserviceContext.self)
        let metrics = RequestMetrics()
        let enrolments = enrolment.map { _ in
            EnrolmentMetrics(counts: EnrolmentCounts(), tls: OpenTLSServer(showing: tls, limits: EnrolmentHTTP.limits))
        }
        let probes = ProbeRoutes(
            engine: engine, report: MetricsReport(metrics: metrics, engine: engine, tls: tls, enrolments: enrolments))
        let table = try RouteTable(
            probes.routes() + EntityRoutes(engine: engine).routes
                + [
                    WatchRoute(engine: engine).route, AuditRoute(engine: engine).route, RevocationRoute(tls: tls).route,
                    RenewalRoute(engine: engine).route,
                ])
        router.add(middleware: MetricsMiddleware(metrics: metrics))
        router.add(middleware: LimitsMiddleware(budgets: IdentityBudgets(limits), metrics: metrics))
        router.add(middleware: ProblemMiddleware(routes: table.descriptions))
        router.add(middleware: ActingForMiddleware())
        router.add(middleware: FenceMiddleware())
        table.add(to: router)
        LegacyRoutes(engine: engine, mode: legacy) { try tls.credentials.trustedPEM() }
            .add(to: router)
        let onListening = onListening
        let listener = RevocationListener(engine: engine, tls: tls, logger: logger)
        // Before the first connection is taken.
        _ = await listener.hearAll()
        let bound = NIOLockedValueBox<Int?>(nil)
        var application = Application(
            router: router, server: tls.builder(configuration: Self.headLimits),
            configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                bound.withLockedValue { $0 = channel.localAddress?.port }
                await onListening(channel.localAddress?.port ?? 0)
            }, logger: logger)
        application.addServices(listener)
        if let monitoring {
            application.addServices(MonitoringHTTP(router: probes.monitoring, place: monitoring, logger: logger))
        }
        if let enrolment, let enrolments {
            let routes = EnrolmentRoutes(
                desk: EnrolmentDesk(engine: engine), legacy: legacy, tls: enrolments.tls, counts: enrolments.counts,
                servicePort: { bound.withLockedValue(\.self) })
            application.addServices(EnrolmentHTTP(routes: routes, place: enrolment, logger: logger))
        }
        try await TakingPort.run { [application] in
            try await application.run()
        } else: { reason, cause in
            throw VC3Error(
                .unavailable,
                "cannot listen on \(host), port \(port): \(reason); end what uses it, or choose another address or port",
                cause: cause)
        }
    }
}
