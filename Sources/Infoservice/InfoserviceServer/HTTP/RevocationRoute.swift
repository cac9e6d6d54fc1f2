import HTTPTypes
import Hummingbird
import NIOCore
import VC3Certificates
import VC3Model
import VC3Transport

/// `GET /v1/crl`: what the authorities that this server trusts have taken back, for whoever has a certificate.
struct RevocationRoute: Sendable {
    static let derType = "application/pkix-crl"
    static let pemType = "application/x-pem-file"

    let tls: MutualTLSServer

    var route: Route<InfoserviceContext> {
        Route(
            APIRoute(
                method: .GET, path: "/v1/crl", summary: "The revocation list.",
                parameters: [
                    .init(name: "form", schema: ["enum": ["der", "pem"]], meaning: "Goes before the header Accept.")
                ],
                answers: [
                    200: .file(
                        [Self.derType, Self.pemType],
                        "DER: the list of the authority that issued the server's certificate; PEM: all lists.")
                ], refusals: [401, 404, 422, 429])
        ) { request, context in
            _ = try context.presented()
            let lists = tls.revoked
            guard !lists.isEmpty else {
                throw VC3Error(
                    .notFound, "no authority has published a revocation list here; the Master does, with [credible]")
            }
            if try Self.wantsPEM(request) { return Self.answer(Self.pemType, ByteBuffer(string: lists.pem)) }
            guard let list = lists.newest(of: try tls.credentials.certificate().issuer) else {
                throw VC3Error(.notFound, "there is no revocation list")
            }
            return Self.answer(Self.derType, ByteBuffer(bytes: list.der))
        }
    }

    private static func wantsPEM(_ request: Request) throws -> Bool {
        switch request.uri.queryParameters["form"] {
        case "pem": true
        case "der": false
        case nil: request.headers[.accept]?.contains(pemType) ?? false
        case let other?:
            throw VC3Error(
                .invalid, "the address is not valid",
                problems: [.init(field: "form", problem: "is '\(other)'; needed is der or pem")])
        }
    }

    private static func answer(_ type: String, _ bytes: ByteBuffer) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: bytes))
    }
}
