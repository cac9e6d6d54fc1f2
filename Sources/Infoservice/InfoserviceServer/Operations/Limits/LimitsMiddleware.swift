import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import VC3Model
import VC3Transport

/// Refuses what goes beyond an identity's limits: 429 with `Retry-After` (RFC 6585, section 4) and a problem document.
///
/// Probes and metrics are not limited.
struct LimitsMiddleware: RouterMiddleware {
    typealias Context = InfoserviceContext

    let budgets: IdentityBudgets
    let metrics: RequestMetrics

    func handle(
        _ request: Request, context: InfoserviceContext,
        next: (Request, InfoserviceContext) async throws -> Response
    ) async throws -> Response {
        guard !ProbeRoutes.paths.contains(request.uri.path), let identity = try? context.peer?.identity() else {
            return try await next(request, context)
        }
        let isRead = request.method == .get || request.method == .head
        if let refusal = try refusal(isRead ? .reads : .writes, identity) { return refusal }
        guard isRead, request.uri.path == "/v1/watch" else { return try await next(request, context) }
        if let refusal = try refusal(.watches, identity) { return refusal }
        return try await watch(request, context, identity, next)
    }

    /// A watch counts until the last byte of its answer.
    private func watch(
        _ request: Request, _ context: InfoserviceContext, _ identity: Identity,
        _ next: (Request, InfoserviceContext) async throws -> Response
    ) async throws -> Response {
        let place = WatchPlace(identity, budgets, metrics)
        var response = try await next(request, context)
        guard response.status == .ok else { return response }
        let body = response.body
        response.body = ResponseBody { writer in
            defer { place.leave() }
            try await body.write(writer)
        }
        return response
    }

    private func refusal(_ kind: LimitKind, _ identity: Identity) throws -> Response? {
        guard let wait = budgets.take(kind, for: identity) else { return nil }
        metrics.refused(kind)
        let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
        let what =
            kind == .watches ? "as many open watches as one may have" : "too many \(kind.rawValue) in a short time"
        let document = ProblemDocument(
            VC3Error(.tooManyRequests, "\(identity) has \(what); try again in \(seconds) s"))
        return Response(
            status: .tooManyRequests,
            headers: [.contentType: ProblemDocument.mediaType, .retryAfter: "\(seconds)"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONValue.encoder().encode(document))))
    }
}

/// Counted from its making until ``leave()``, or until nobody holds it any more: an answer that was never begun, because
/// the client had gone, holds no place.
private final class WatchPlace: Sendable {
    private let identity: Identity
    private let budgets: IdentityBudgets
    private let metrics: RequestMetrics
    private let isTaken = Atomic<Bool>(true)

    init(_ identity: Identity, _ budgets: IdentityBudgets, _ metrics: RequestMetrics) {
        self.identity = identity
        self.budgets = budgets
        self.metrics = metrics
        metrics.watchers.add(1, ordering: .relaxed)
    }

    func leave() {
        guard isTaken.exchange(false, ordering: .relaxed) else { return }
        metrics.watchers.subtract(1, ordering: .relaxed)
        budgets.returnWatch(of: identity)
    }

    deinit { leave() }
}
