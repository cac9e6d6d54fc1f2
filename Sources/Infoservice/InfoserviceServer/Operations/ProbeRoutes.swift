import Foundation
import HTTPTypes
import Hummingbird
import InfoserviceStore
import NIOCore
import VC3Model
import VC3Transport

/// For those who watch over the service: whether it lives, whether it works, and figures.
///
/// Over HTTPS a valid certificate is enough, whatever its role. They are served on the plain monitoring port as well.
struct ProbeRoutes: Sendable {
    static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    let engine: EntityStore
    let report: MetricsReport

    func add(to router: Router<some RequestContext>) {
        router.get("healthz") { _, _ in Response(status: .ok) }
        router.get("readyz") { _, _ in try await ready() }
        router.get("metrics") { _, _ in
            var response = Self.text(.ok, await report.text())
            response.headers[.contentType] = MetricsText.mediaType
            return response
        }
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
