import Credible
import VC3Certificates

/// Credible's authority as the Master's signer.
struct CredibleAuthority: PairingAuthority {
    private let authority: CertificateAuthority

    init(_ authority: CertificateAuthority) { self.authority = authority }

    func sign(_ request: String, role: String, name: String, hosts: [String], renewing serial: String?) async throws
        -> String
    {
        try await working {
            try authority.sign(
                SigningRequest(pem: request), for: CertificateIdentity(role: role, name: name),
                alsoKnownAs: hosts.map { AlternativeName(host: $0) }, renewing: serial
            ).pem
        }
    }

    func userPair(_ name: String) async throws -> (certificate: String, key: String) {
        try await working {
            let credential = try authority.user(name)
            return (credential.chainPEM, credential.keyPEM)
        }
    }

    /// On a thread that may wait, for the disk and the authority's lock.
    private func working<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await WaitingThread.run(body)
        } catch let error as CredentialError where error.code == .refused || error.code == .malformed {
            throw PairingRefusal(error.message)
        } catch let error as CredibleError where error.code == .name || error.code == .revoked {
            throw PairingRefusal(error.message)
        }
    }
}
