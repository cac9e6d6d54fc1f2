import Hummingbird
import Logging
import ServiceLifecycle

/// Probes and metrics without TLS, for monitors that have no certificate. Meant for the loopback interface: whoever
/// reaches the port sees the figures, and nothing else.
struct MonitoringHTTP: Service {
    let probes: ProbeRoutes
    let place: MonitoringPlace
    let logger: Logger

    func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        let routes: [Route<BasicRequestContext>] = probes.routes()
        for route in routes {
            router.on(RouterPath(route.description.path), method: route.description.httpMethod, use: route.handle)
        }
        let onListening = place.onListening
        try await Application(
            router: router, server: .http1(configuration: .init(idleTimeout: .seconds(30))),
            configuration: .init(address: .hostname(place.host, port: place.port)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) }, logger: logger
        ).run()
    }
}

/// Where probes and metrics are served without TLS.
public struct MonitoringPlace: Sendable {
    public var host: String
    /// 0 for any free one.
    public var port: Int
    public var onListening: @Sendable (Int) -> Void

    public init(host: String = "127.0.0.1", port: Int, onListening: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.host = host
        self.port = port
        self.onListening = onListening
    }
}
