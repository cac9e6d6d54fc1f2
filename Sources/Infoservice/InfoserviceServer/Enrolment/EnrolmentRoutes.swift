import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import VC3Model
import VC3Transport

/// What strangers may ask for, and nothing else.
struct EnrolmentRoutes: Sendable {
    /// Bytes.
    static let longestBody = 16 * 1024

    let desk: EnrolmentDesk
    let legacy: LegacyMode
    let tls: OpenTLSServer
    let counts: EnrolmentCounts
    let budgets = AddressBudgets()
    /// The port of the service for those who have a certificate; `nil` while it is not known.
    let servicePort: @Sendable () -> Int?

    func add(to router: Router<BasicRequestContext>) {
        router.get("chain") { _, context in await answered(context) { try chain() } }
        router.get("crl") { _, context in await answered(context) { try revocationList() } }
        router.post("enrol") { request, context in await answered(context) { try await enrol(request) } }
        if legacy == .on {
            router.get("info") { request, context in await answered(context) { try await collect(request) } }
        }
    }

    /// Whoever is asked for a certificate's authority may be anybody: the fingerprint in the code says whether it is true.
    private func chain() throws -> Response {
        counts.note(.chain)
        return Response(
            status: .ok, headers: [.contentType: "application/x-pem-file", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: try tls.authoritiesPEM())))
    }

    /// As `GET /v1/crl`, for those who check a certificate and have none.
    private func revocationList() throws -> Response {
        guard let der = try tls.revocationListDER() else {
            throw VC3Error(.notFound, "no authority has published a revocation list here")
        }
        return Response(
            status: .ok, headers: [.contentType: RevocationRoute.derType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: der)))
    }

    private func enrol(_ request: Request) async throws -> Response {
        let body = try await document(of: request)
        guard let pairing = try body.text("pairing"), let secret = try body.text("secret"),
            let csr = try body.text("csr"), body.objectValue?.count == 3
        else { throw VC3Error(.invalid, "needed are pairing, secret and csr, and nothing else") }
        let certificate = try await charged {
            try await desk.enrol(pairing: pairing, secret: secret, request: csr, from: Peer.currentAddress)
        }
        budgets.forgive(Peer.currentAddress ?? "")
        counts.note(.enrolled)
        var answer: [String: JSONValue] = [
            "certificate": .string(certificate), "chain": .string(try tls.authoritiesPEM()),
        ]
        if let port = servicePort() { answer["port"] = .integer(port) }
        var response = try Response(status: .ok, json: JSONValue.object(answer))
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func collect(_ request: Request) async throws -> Response {
        let parameters = request.uri.queryParameters
        guard parameters["key"] == "pairing", let code = parameters["pairingcode"], parameters.count == 2 else {
            throw VC3Error(.notFound, "here is only /info?key=pairing&pairingcode=CODE")
        }
        let found = try await charged { () async throws -> [String: JSONValue]? in
            guard let record = try await desk.collect(code: String(code), from: Peer.currentAddress) else {
                counts.note(.refused)
                return nil
            }
            return FlatForm.of(.pairing).flat(record)
        }
        guard let found else { return LegacyAnswer.noPairingYet.response(to: request) }
        budgets.forgive(Peer.currentAddress ?? "")
        counts.note(.collected)
        return LegacyAnswer(json: .object(found)).response(to: request)
    }

    /// Listens to an address only as long as it has not failed too often.
    private func charged<Result>(_ body: () async throws -> Result) async throws -> Result {
        let address = Peer.currentAddress ?? ""
        if let wait = budgets.take(for: address) {
            counts.note(.limited)
            let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
            throw VC3Error(.tooManyRequests, "too many codes from this address; try again in \(seconds) s")
        }
        return try await body()
    }

    private func document(of request: Request) async throws -> JSONValue {
        do {
            return try JSONValue(utf8: Array(try await request.body.collect(upTo: Self.longestBody).readableBytesView))
        } catch is NIOTooManyBytesError {
            throw VC3Error(.tooLarge, "the body is longer than \(Self.longestBody) bytes")
        } catch {
            // What it holds is secret: nothing of it is repeated.
            throw VC3Error(.invalid, "the body is not JSON that can be taken")
        }
    }

    /// Every error as a problem document; the log has neither codes nor requests.
    private func answered(_ context: BasicRequestContext, _ body: () async throws -> Response) async -> Response {
        do {
            return try await body()
        } catch {
            let failure = error as? VC3Error ?? VC3Error(.internal, "the Infoservice failed; its log says why")
            counts.note(failure.code == .forbidden ? .refused : failure.code == .tooManyRequests ? .limited : .failed)
            context.logger.log(
                level: failure.code == .internal ? .error : .debug, "an enrolment failed",
                metadata: ["code": "\(failure.code.rawValue)", "address": "\(Peer.currentAddress ?? "unknown")"])
            return Self.response(failure)
        }
    }

    private static func response(_ error: VC3Error) -> Response {
        let document = ProblemDocument(error)
        let body = (try? JSONValue.encoder().encode(document)) ?? Data()
        return Response(
            status: HTTPResponse.Status(code: document.status),
            headers: [.contentType: ProblemDocument.mediaType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
