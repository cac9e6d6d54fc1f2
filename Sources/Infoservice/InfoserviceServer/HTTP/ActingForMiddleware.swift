import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    /// The user for whom a portal asks.
    static let actingFor = Self("VC3-Acting-For") ?? .from
}

/// Notes for whom the peer acts, so that every route asks with that user's rights.
struct ActingForMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: InfoserviceContext,
        next: (Request, InfoserviceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.actingFor = request.headers[.actingFor]
        return try await next(request, context)
    }
}
