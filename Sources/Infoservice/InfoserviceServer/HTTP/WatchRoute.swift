import Foundation
import HTTPTypes
import Hummingbird
import InfoserviceAPI
import InfoserviceStore
import NIOCore
import ServiceLifecycle
import VC3Model

/// `GET /v1/watch?kinds=a,b&after=REVISION`: a stream of ``WatchLine``s, beginning with a heartbeat at `after`.
///
/// It ends when the client leaves, on graceful shutdown, or with a line that says why it failed.
struct WatchRoute: Sendable {
    let engine: EntityStore
    private let lines = WatchLines()

    init(engine: EntityStore) { self.engine = engine }

    var route: Route<InfoserviceContext> {
        Route(Self.description) { request, context in
            let (kinds, after) = try Self.parameters(request)
            let events = try await context.session(on: engine).watch(kinds, after: after)
            return Response(
                status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    try await writer.write(lines.line(.event(.heartbeat(after))))
                    if let failure = await send(events, of: request, to: writer) {
                        try await writer.write(lines.line(.failed(failure)))
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private static let description = APIRoute(
        method: .GET, path: "/v1/watch",
        summary: "Everything that happens to some kinds after a revision, as long as the caller stays.",
        parameters: [
            .init(
                name: "kinds", isRequired: true,
                schema: ["type": "array", "minItems": 1, "items": KindSchema.kindName], meaning: "Of which kinds."),
            .init(
                name: "after", isRequired: true, schema: ["type": "integer", "minimum": 0],
                meaning: "The revision that a list or watch showed last. Refused with 410 (`compacted`) when what came"
                    + " after it is not kept any more: list again, and watch from there."),
            EntityRoutes.actingFor,
        ],
        answers: [
            200: .lines(
                .named("watch-line"),
                "First a heartbeat at `after`, then each change once and in order, and heartbeats while nothing happens."
                    + " A watch that fails says so in its last line.")
        ],
        refusals: [410] + APIRoute.usual)

    /// - Returns: Why the watch failed; `nil` when it was ended from outside.
    private func send(
        _ events: WatchStream, of request: Request, to writer: any ResponseBodyWriter
    ) async -> VC3Error? {
        // Only the one task below writes, and its end is awaited.
        nonisolated(unsafe) var writer = writer
        do {
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await cancelWhenGracefulShutdown {
                    for try await event in events { try await writer.write(lines.line(.event(event))) }
                }
            }
            return nil
        } catch {
            return error as? VC3Error
        }
    }

    private static func parameters(_ request: Request) throws -> (kinds: Set<EntityKind>, after: Revision) {
        var problems: [VC3Error.Problem] = []
        let words = (request.uri.queryParameters["kinds"] ?? "").split(separator: ",").map(String.init)
        if words.isEmpty { problems.append(.init(field: "kinds", problem: "is required, e.g. kinds=request,pilotset")) }
        for word in words where EntityKind(rawValue: word) == nil {
            problems.append(.init(field: "kinds", problem: "'\(word)' is not a kind"))
        }
        let after = request.uri.queryParameters["after"].flatMap { Int64($0) } ?? -1
        if after < 0 {
            problems.append(.init(field: "after", problem: "must be a revision, 0 or as a list or watch showed it"))
        }
        guard problems.isEmpty else { throw VC3Error(.invalid, "this cannot be watched", problems: problems) }
        return (Set(words.compactMap { EntityKind(rawValue: $0) }), Revision(after))
    }
}
