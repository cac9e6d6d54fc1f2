import Foundation
import HTTPTypes
import Hummingbird
import InfoserviceStore
import NIOCore
import VC3Model
import VC3Monitoring
import VC3Transport

/// For those who watch over the service: whether it lives, whether it works, and figures.
///
/// Over HTTPS a valid certificate is enough, whatever its role. They are served on the plain monitoring port as well.
struct ProbeRoutes: Sendable {
    static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    let engine: EntityStore
    let report: MetricsReport

    func routes<Context: RequestContext>() -> [Route<Context>] {
        [
            Route(
                APIRoute(
                    method: .GET, path: "/healthz", summary: "Whether the process lives.",
                    answers: [200: .nothing("It does.")], refusals: [422])
            ) { _, _ in Response(status: .ok) },
            Route(
                APIRoute(
                    method: .GET, path: "/readyz", summary: "Whether the store takes writes.",
                    answers: [200: .text("text/plain", "It does.")], refusals: [422, 503])
            ) { _, _ in try await ready() },
            Route(
                APIRoute(
                    method: .GET, path: "/metrics", summary: "Figures for Prometheus.",
                    answers: [200: .text(MetricsText.mediaType, "Text exposition format.")], refusals: [422])
            ) { _, _ in
                var response = Self.text(.ok, await report.text())
                response.headers[.contentType] = MetricsText.mediaType
                return response
            },
        ]
    }

    /// What the plain monitoring port serves.
    func monitoring() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        let routes: [Route<BasicRequestContext>] = routes()
        for route in routes {
            router.on(RouterPath(route.description.path), method: route.description.httpMethod, use: route.handle)
        }
        return router
    }

    /// 200, or 503 with a problem document that says what is in the way.
    private func ready() async throws -> Response {
        guard let obstacle = await engine.obstacle else { return Self.text(.ok, "ready\n") }
        let document = ProblemDocument(VC3Error(.unavailable, "the store takes no writes: \(obstacle)"))
        return Response(
            status: .serviceUnavailable, headers: [.contentType: ProblemDocument.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONValue.encoder().encode(document))))
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
