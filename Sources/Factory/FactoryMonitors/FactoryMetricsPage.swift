public import Factory
public import FactoryCredentials
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import VC3Monitoring
import VC3Transport

/// `/metrics` of a Factory for Prometheus and `/healthz`, on a plain port of their own.
public struct FactoryMetricsPage: Service {
    private let observation: FactoryObservation
    private let credentials: CredentialBoard
    private let version: String
    private let place: MonitoringPlace
    private let logger: Logger

    public init(
        _ observation: FactoryObservation, credentials: CredentialBoard, version: String, at place: MonitoringPlace,
        logger: Logger
    ) {
        self.observation = observation
        self.credentials = credentials
        self.version = version
        self.place = place
        self.logger = logger
    }

    public func run() async throws {
        let page = MonitoringHTTP(router: router, place: place, logger: logger)
        await PatientListening(
            orSay: "metrics cannot be shown; tried again until they can", host: place.host, port: place.port,
            logger: logger
        ).run { try await page.run() }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/healthz") { _, _ in HTTPResponse.Status.ok }
        router.get("/metrics") { [observation, credentials, version] _, _ in
            let text = FactoryMetrics.text(
                await observation.report(), version: version, credentials: credentials.states
            ).text
            return Response(
                status: .ok, headers: [.contentType: MetricsText.mediaType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        return router
    }
}
