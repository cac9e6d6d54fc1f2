import HTTPTypes
import Hummingbird

extension HTTPField.Name {
    /// The term of a lease under which the peer writes, as `NAME@REVISION`.
    static let fence = Self("VC3-Fence") ?? .from
}

/// Notes under which lease the peer writes, so that every write is refused once that is over.
struct FenceMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: InfoserviceContext,
        next: (Request, InfoserviceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.fence = request.headers[.fence]
        return try await next(request, context)
    }
}
