import AsyncHTTPClient
import Foundation
public import InfoserviceAPI
import NIOCore
import NIOHTTP1
import VC3Model

extension RemoteInfoservice: CertificateRenewing {
    public func renewCertificate(_ requestPEM: String) async throws -> String {
        let body = try JSONValue.object(["csr": .string(requestPEM)]).data()
        do {
            let outcome = try await sender.send(.safe) { endpoint in
                var request = endpoint.request(.POST, ["v1", "renewals"])
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: body))
                return request
            }
            guard let certificate = try JSONValue(data: outcome.answer.success())["certificate"]?.stringValue else {
                throw VC3Error(
                    .internal, "the answer of \(outcome.endpoint.address) has no certificate; is it of another release?"
                )
            }
            return certificate
        } catch let failure as Endpoint.Failure {
            throw failure.error
        }
    }
}
