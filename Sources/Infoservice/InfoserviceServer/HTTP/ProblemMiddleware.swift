import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import VC3Model
import VC3Transport

/// Answers every error with a problem document, and notes each request in the log at debug level.
struct ProblemMiddleware: RouterMiddleware {
    let routes: [APIRoute]

    func handle(
        _ request: Request, context: InfoserviceContext,
        next: (Request, InfoserviceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response: Response
        do {
            response = try await next(request, context)
        } catch {
            let failure = failure(error, request)
            if failure.code == .internal {
                context.logger.error("request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            }
            response = try answer(failure, to: request)
        }
        context.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
                "milliseconds": "\((ContinuousClock.now - start).inMilliseconds)",
                "peer": "\((try? context.peer?.identity())?.description ?? "unknown")",
            ])
        return response
    }

    private func failure(_ error: any Error, _ request: Request) -> VC3Error {
        if let error = error as? VC3Error { return error }
        if let error = error as? HTTPError {
            switch error.status {
            case .notFound where !routes.methods(of: request.uri.path).isEmpty:
                let methods = routes.methods(of: request.uri.path).map(\.rawValue).joined(separator: ", ")
                return VC3Error(.methodNotAllowed, "\(request.uri.path) has no \(request.method); there are \(methods)")
            case .notFound: return VC3Error(.notFound, "there is no route \(request.method) \(request.uri.path)")
            default: return VC3Error(.invalid, error.body ?? "the request cannot be read")
            }
        }
        return VC3Error(.internal, "the Infoservice failed; its log says why", cause: error)
    }

    private func answer(_ error: VC3Error, to request: Request) throws -> Response {
        let document = ProblemDocument(error)
        let body = ByteBuffer(bytes: try JSONValue.encoder().encode(document))
        var response = Response(
            status: HTTPResponse.Status(code: document.status), headers: [.contentType: ProblemDocument.mediaType])
        if error.code == .methodNotAllowed {
            response.headers[.allow] = routes.methods(of: request.uri.path).map(\.rawValue).joined(separator: ", ")
        }
        if request.method == .head {
            response.headers[.contentLength] = String(body.readableBytes)
        } else {
            response.body = ResponseBody(byteBuffer: body)
        }
        return response
    }
}
