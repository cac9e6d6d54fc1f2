public import Hummingbird
import HummingbirdCore
public import Logging
public import ServiceLifecycle
import VC3Transport

/// Probes and metrics without TLS, for monitors that have no certificate. Meant for the loopback interface: whoever
/// reaches the port sees the figures, and nothing else.
public struct MonitoringHTTP: Service {
    private let router: @Sendable () -> Router<BasicRequestContext>
    private let place: MonitoringPlace
    private let logger: Logger

    /// - Parameter router: Makes what is served.
    public init(
        router: @escaping @Sendable () -> Router<BasicRequestContext>, place: MonitoringPlace, logger: Logger
    ) {
        self.router = router
        self.place = place
        self.logger = logger
    }

    public func run() async throws {
        let onListening = place.onListening
        try await Application(
            router: router(),
            server: HTTPServerBuilder { responder in
                DroppableHTTPChannel(
                    HTTP1Channel(responder: responder, configuration: .init(idleTimeout: .seconds(30))))
            },
            configuration: .init(address: .hostname(place.host, port: place.port)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) }, logger: logger
        ).run()
    }
}
