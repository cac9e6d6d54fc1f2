import Credible
import Dispatch
import Foundation
import VC3Certificates

/// The first run's work, repeated harmlessly at every start: the CA, this machine's certificate, and the administrator's.
struct Bootstrap {
    let state: StateFolder
    /// Names and addresses under which clients reach this machine.
    let names: [String]
    let port: Int

    /// What the services need of it.
    struct Result {
        var hostChainPEM: String
        var hostKeyPEM: String
        var trustRootsPEM: String
    }

    /// Makes what is missing. Certificates in their last third of life are renewed.
    ///
    /// Waits for disk and random numbers on a thread of its own.
    func run() async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result { try blocking() }) }
        }
    }

    private func blocking() throws -> Result {
        let authority = try CertificateAuthority(vardir: state.authority)
        let extra = names.dropFirst().map { AlternativeName(host: $0) }
        let host = try authority.host(names[0], alsoKnownAs: extra)
        let admin = try authority.issueComponent(role: "admin", name: "admin")
        let files = [
            ("chain.pem", try authority.certificateChain().pem, UInt16(0o644)),
            ("admin.cert.pem", admin.chainPEM, 0o644),
            ("admin.key.pem", admin.keyPEM, 0o400),
        ]
        for (name, text, mode) in files {
            try SecretFile.write(text, to: state.certificates + "/" + name, mode: mode, replacing: true)
        }
        try SecretFile.write(clientConfiguration, to: state.clientConfiguration, mode: 0o644, replacing: true)
        return Result(hostChainPEM: host.chainPEM, hostKeyPEM: host.keyPEM, trustRootsPEM: host.root.pem)
    }

    private var clientConfiguration: String {
        """
        # Written by vc3 up at each start: how vc3-client reaches it as the administrator.
        [netcomm]
        chainfile = \(state.certificates)/chain.pem
        certfile = \(state.certificates)/admin.cert.pem
        keyfile = \(state.certificates)/admin.key.pem
        infohost = localhost
        httpsport = \(port)

        """
    }
}
