import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import VC3Model
public import VC3Transport

/// Serves pilots' logs over mutual TLS: each reader those that are theirs.
///
/// A port that cannot be had is tried again; nothing waits for it.
public struct LogServer: Service {
    private let tls: MutualTLSServer
    private let desk: LogDesk
    private let place: LogServerPlace
    private let logger: Logger

    /// - Parameters:
    ///   - base: The folder of ``LogLayout``.
    ///   - tls: What it shows and whom it trusts; whoever has it may replace these while it runs.
    public init(_ base: String, tls: MutualTLSServer, at place: LogServerPlace, logger: Logger) {
        self.tls = tls
        desk = LogDesk(
            shelf: LogShelf(base: base), audience: place.audience, hasIndex: place.hasIndex,
            allowsRobots: place.allowsRobots)
        self.place = place
        self.logger = logger
    }

    public func run() async throws {
        await PatientListening(
            orSay: "logs cannot be served; tried again until they can", host: place.host, port: place.port,
            logger: logger
        ).run { try await serve() }
    }

    private func serve() async throws {
        let onListening = place.onListening
        let responder = CallbackResponder<LogContext> { [self] request, context in
            try await respond(to: request, context.peer)
        }
        try await Application(
            responder: responder, server: tls.builder(),
            configuration: .init(address: .hostname(place.host, port: place.port)),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) }, logger: logger
        ).run()
    }

    private func respond(to request: Request, _ peer: Peer?) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            var refusal = text("logs are only read\n", .methodNotAllowed)
            refusal.headers[.allow] = "GET, HEAD"
            return refusal
        }
        guard let identity = try? peer?.identity() else {
            return text("the certificate names nobody who may read logs; get one from credible\n", .forbidden)
        }
        let place = LogPlace(path: String(request.uri.path))
        var answer = LogDesk.Answer.none
        if let place { answer = await desk.answer(place, to: identity) }
        logger.debug(
            "log request",
            metadata: [
                "reader": "\(identity)", "path": "\(request.uri.path.prefix(500))", "found": "\(answer.isFound)",
            ])
        var response = response(answer, isWanted: request.method == .get)
        response.headers[.cacheControl] = "private, no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        // What pilots wrote is shown, and never run.
        response.headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        if !desk.allowsRobots, let name = HTTPField.Name("X-Robots-Tag") {
            response.headers[name] = "noindex, nofollow"
        }
        return response
    }

    private func response(_ answer: LogDesk.Answer, isWanted: Bool) -> Response {
        switch answer {
        case .none: text("there is no such log, or it is not yours\n", .notFound, isWanted: isWanted)
        case .robots(let words): text(words, .ok, isWanted: isWanted)
        case .page(let page): text(page, .ok, type: "text/html; charset=utf-8", isWanted: isWanted)
        case .file(let reader, let type):
            Response(
                status: .ok, headers: [.contentType: type.mediaType],
                body: isWanted ? LogBody(reader: reader, isText: type != .other).body : ResponseBody())
        }
    }

    private func text(
        _ words: String, _ status: HTTPResponse.Status, type: String = "text/plain; charset=utf-8",
        isWanted: Bool = true
    ) -> Response {
        let body = ByteBuffer(string: words)
        var response = Response(status: status, headers: [.contentType: type])
        if isWanted {
            response.body = ResponseBody(byteBuffer: body)
        } else {
            response.headers[.contentLength] = String(body.readableBytes)
        }
        return response
    }
}

extension LogDesk.Answer {
    fileprivate var isFound: Bool { if case .none = self { false } else { true } }
}

/// Where logs are served, to whom, and how.
public struct LogServerPlace: Sendable {
    public var host: String
    /// 0 for any free one.
    public var port: Int
    public var audience: LogAudience
    /// Whether folders can be listed.
    public var hasIndex: Bool
    /// Whether search engines may read.
    public var allowsRobots: Bool
    public var onListening: @Sendable (Int) -> Void

    public init(
        host: String = "0.0.0.0", port: Int, audience: LogAudience = LogAudience(), hasIndex: Bool = true,
        allowsRobots: Bool = false, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.audience = audience
        self.hasIndex = hasIndex
        self.allowsRobots = allowsRobots
        self.onListening = onListening
    }
}

/// Who asks.
private struct LogContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: Peer?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = Peer.current
    }
}
