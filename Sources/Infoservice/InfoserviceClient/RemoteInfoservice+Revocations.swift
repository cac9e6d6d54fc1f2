import AsyncHTTPClient
import NIOHTTP1
public import VC3Certificates
import VC3Model
import VC3Transport

extension RemoteInfoservice {
    /// What the authorities that both sides trust have taken back, as the server tells it.
    ///
    /// - Returns: `nil` when nobody has published a list there.
    /// - Throws: ``VC3Error``; `invalid` for a list that no trusted authority has signed.
    public func revocationLists() async throws -> RevocationLists? {
        do {
            let outcome = try await sender.read { $0.request(.GET, ["v1", "crl"], query: "?form=pem") }
            let text = String(decoding: try outcome.answer.success(), as: UTF8.self)
            return try credentials.revocationLists(pem: text, from: "of \(outcome.endpoint.address)")
        } catch let error as VC3Error where error.code == .notFound {
            return nil
        }
    }
}
