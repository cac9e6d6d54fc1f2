import Foundation
import HTTPTypes
import Hummingbird
import InfoserviceAPI
import InfoserviceStore
import Logging
import NIOCore
import VC3Model
import VC3Transport

/// The original's wire protocol: `/info`, `/info/<key>`, `/` and `/generate`.
///
/// See docs/legacy-protocol.md for what its clients can rely on.
struct LegacyRoutes: Sendable {
    /// Bytes of the request line and the headers together, as in the original.
    static let longestHead = 500 * 1024

    let engine: EntityStore
    let mode: LegacyMode
    /// PEM text of the authorities that clients come from.
    let authorities: @Sendable () throws -> String

    func add(to router: Router<InfoserviceContext>) {
        for method in [
            HTTPRequest.Method.get, .head, .post, .put, .delete, .patch, .options, .trace, .connect,
        ] {
            router.on("info", method: method, use: info)
            router.on("info/**", method: method, use: info)
        }
        guard mode != .off else { return }
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/", method: method) { request, _ in
                LegacyAnswer(text: "This is a VC3 Infoservice. Entities are at /info and /v1.\n").response(to: request)
            }
            router.on("generate", method: method) { request, _ in Self.generated(request) }
        }
    }

    private func info(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        if mode == .off {
            throw VC3Error(
                .notFound, "the original's protocol is switched off here ([infoservice] legacy = off); use /v1")
        }
        do throws(LegacyRefusal) {
            return try await answer(request, context).response(to: request)
        } catch {
            if error.status >= 500, error.code != nil {
                context.logger.error("request failed", metadata: ["path": "/info", "error": "\(error.text)"])
            }
            return LegacyAnswer(error).response(to: request)
        }
    }

    private func answer(
        _ request: Request, _ context: InfoserviceContext
    ) async throws(LegacyRefusal) -> LegacyAnswer {
        guard Self.headLength(of: request) <= Self.longestHead else {
            throw LegacyRefusal.text(
                414, "The request line and the headers are longer than \(Self.longestHead) bytes\n")
        }
        guard let method = LegacyOperation.Method(request.method) else {
            throw .page(405, "Specified method is invalid for this resource")
        }
        if method == .put, !Self.takesText(request.headers[values: .accept]) {
            throw .page(
                406, "Your client sent an Accept header that excludes text/plain, which is all that PUT answers")
        }
        let operation = try LegacyOperation(method, await parameters(of: request, method))
        if mode == .readonly, operation.isWrite {
            throw .page(
                405, "Through this interface entities can be read only ([infoservice] legacy = readonly); write at /v1")
        }
        do {
            return try await perform(operation, LegacyInfoservice(caller: context.caller(), engine: engine))
        } catch let error as VC3Error {
            throw LegacyRefusal(error)
        } catch {
            throw LegacyRefusal(VC3Error(.internal, "the Infoservice failed: \(error)"))
        }
    }

    private func perform(_ operation: LegacyOperation, _ infoservice: LegacyInfoservice) async throws -> LegacyAnswer {
        switch operation {
        case .document(WellKnownDocument.key):
            return LegacyAnswer(json: .object(try WellKnownDocument.members(authorities())))
        case .document(let key):
            return LegacyAnswer(json: .object(try await infoservice.document(key)))
        case .entity(WellKnownDocument.key, let name):
            guard let entity = try WellKnownDocument.members(authorities())[name] else {
                throw LegacyInfoservice.missing(name, in: WellKnownDocument.key)
            }
            return LegacyAnswer(json: entity)
        case .entity(let key, let name):
            return LegacyAnswer(json: .object(try await infoservice.entity(key, name)))
        case .pairing(let code):
            return try await infoservice.collect(pairing: code).map { LegacyAnswer(json: .object($0)) } ?? .noPairingYet
        case .create(let key, let name, let members):
            try await infoservice.create(key, name, members)
            return LegacyAnswer(text: "Entity \(name) stored in key \(key)\n")
        case .update(let key, let name, let members):
            try await infoservice.update(key, name, members)
            return LegacyAnswer(text: "Entity \(name) stored in key \(key)\n")
        case .replaceDocument(let key, let members):
            try await infoservice.replaceDocument(key, members)
            return LegacyAnswer(text: "Document stored for key \(key)\n")
        case .mergeDocument(let key, let members):
            try await infoservice.mergeDocument(key, members)
            return LegacyAnswer(text: "Document stored for key \(key)\n")
        case .delete(let key, let name):
            try await infoservice.delete(key, name)
            return LegacyAnswer(text: "Entity \(name) deleted in key \(key)\n")
        }
    }

    // MARK: Reading the request

    private func parameters(
        of request: Request, _ method: LegacyOperation.Method
    ) async throws(LegacyRefusal) -> FormParameters {
        do {
            var parameters = try FormParameters(parsing: Substring(request.uri.query ?? ""))
            if let key = try Self.pathKey(request) { parameters = try parameters.joined(with: key) }
            let type = request.headers[.contentType] ?? ""
            if method == .post || method == .put, type.hasPrefix("application/x-www-form-urlencoded") {
                let body = try await request.body.collect(upTo: EntityRoutes.longestBody)
                guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
                    throw VC3Error(.invalid, "the body is not UTF-8")
                }
                parameters = try parameters.joined(with: FormParameters(parsing: text[...]))
            }
            return parameters
        } catch let error as VC3Error {
            throw .page(404, error.message)
        } catch is NIOTooManyBytesError {
            throw .page(413, "The body is longer than \(EntityRoutes.longestBody) bytes")
        } catch let error as LegacyRefusal {
            throw error
        } catch {
            throw .page(400, "The body cannot be read")
        }
    }

    /// The category as the one segment after `/info/`.
    private static func pathKey(_ request: Request) throws -> FormParameters? {
        let path = request.uri.path
        guard path.hasPrefix("/info/") else { return nil }
        let segment = path.dropFirst("/info/".count)
        guard !segment.isEmpty, !segment.contains("/") else {
            throw LegacyRefusal.page(404, "The path '\(path.prefix(200))' was not found")
        }
        // In a path, + stands for itself.
        return try FormParameters(parsing: "key=" + segment.replacing("+", with: "%2B").replacing("&", with: "%26"))
    }

    private static func headLength(of request: Request) -> Int {
        request.headers.reduce((request.head.path ?? "").utf8.count) {
            $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4
        }
    }

    /// Whether any of the media ranges takes `text/plain` (RFC 9110, section 12.5.1).
    static func takesText(_ headers: [String]) -> Bool {
        let ranges = headers.flatMap { $0.split(separator: ",") }
        return ranges.isEmpty
            || ranges.contains { range in
                let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
                let refuses = parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
                return ["text/plain", "text/*", "*/*"].contains(parts.first ?? "") && !refuses
            }
    }

    private static func generated(_ request: Request) -> Response {
        let characters = Array("0123456789abcdefABCDEF")
        let wanted = request.uri.queryParameters["length"].map { Int($0) } ?? 8
        guard let length = wanted, (0...characters.count).contains(length) else {
            return LegacyAnswer(.page(500, "length is a number from 0 to \(characters.count)")).response(to: request)
        }
        var generator = SystemRandomNumberGenerator()
        return LegacyAnswer(text: String(characters.shuffled(using: &generator).prefix(length))).response(to: request)
    }
}

extension LegacyOperation.Method {
    init?(_ method: HTTPRequest.Method) {
        if method == .head { self = .get } else { self.init(rawValue: method.rawValue) }
    }
}
