import Hummingbird
import InfoserviceStore
import VC3Certificates
import VC3Model
import VC3Transport

/// `POST /v1/renewals`: a party's certificate anew, for the role, the name and the hosts that the present one has.
struct RenewalRoute: Sendable {
    let engine: EntityStore

    static let actingForOthers = VC3Error(
        .forbidden, "a certificate is renewed by whoever has it, and for nobody else; ask without VC3-Acting-For")

    var route: Route<InfoserviceContext> {
        Route(Self.description) { request, context in
            guard let peer = context.peer else { throw VC3Error(.unauthenticated, "no certificate was presented") }
            guard context.actingFor == nil else { throw Self.actingForOthers }
            guard let party = peer.certified else {
                throw VC3Error(
                    .unauthenticated, "certificate \(peer.serial) carries no name of the form vc3://<role>/<name>")
            }
            let body = try await request.document(required: ["csr"])
            let renewal = Renewal(
                engine: engine, party: party, hosts: peer.hosts, origin: peer.address, serial: peer.serial)
            let certificate = try await renewal.renewCertificate(try body.text("csr") ?? "")
            return try Response(status: .ok, json: JSONValue.object(["certificate": .string(certificate)]))
        }
    }

    private static let description = APIRoute(
        method: .POST, path: "/v1/renewals",
        summary:
            "Issues the caller's certificate anew, for the key that the request is signed with; waits for the Master.",
        body: .init(
            members: [
                "csr": .inline([
                    "type": "string",
                    "description": "A signing request (PKCS#10) in PEM form; its names are not looked at.",
                ])
            ], required: ["csr"]),
        answers: [
            200: .json(
                .inline([
                    "type": "object", "required": ["certificate"], "additionalProperties": false,
                    "properties": [
                        "certificate": [
                            "type": "string", "description": "The certificate, then the intermediate, PEM.",
                        ]
                    ],
                ]), "Signed. The same request again gets the same certificate.")
        ], refusals: [413] + APIRoute.usual)
}
