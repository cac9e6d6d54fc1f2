import Hummingbird
import Synchronization
import VC3Model

/// Outermost: times each request up to the head of its answer.
struct MetricsMiddleware: RouterMiddleware {
    typealias Context = InfoserviceContext

    let metrics: RequestMetrics

    func handle(
        _ request: Request, context: InfoserviceContext,
        next: (Request, InfoserviceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        metrics.inFlight.add(1, ordering: .relaxed)
        defer { metrics.inFlight.subtract(1, ordering: .relaxed) }
        let response = try await next(request, context)
        let route = RequestMetrics.Route(
            method: request.method.rawValue, path: context.endpointPath ?? "none",
            status: "\(response.status.code / 100)xx")
        metrics.observe(route, seconds: (ContinuousClock.now - start).inSeconds)
        return response
    }
}
