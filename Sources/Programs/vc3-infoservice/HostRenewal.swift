import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import VC3Transport

/// Has the server's own certificate renewed, by way of its own store: whatever Master works on that signs it.
struct HostRenewal: CertificateRenewing {
    let tls: MutualTLSServer
    let engine: EntityStore

    func renewCertificate(_ requestPEM: String) async throws -> String {
        try await Renewal(of: tls.credentials.certificate(), on: engine).renewCertificate(requestPEM)
    }
}
