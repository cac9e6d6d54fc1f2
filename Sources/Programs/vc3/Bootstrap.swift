import Credible
import Dispatch
import Foundation
import InfoserviceServer
import VC3Certificates
import VC3Transport

/// The first run's work, repeated harmlessly at every start: the CA, this machine's certificate, and the administrator's.
struct Bootstrap {
    let state: StateFolder
    /// Names and addresses under which clients reach this machine.
    let names: [String]
    let port: Int
    /// What codes name: `HOST:PORT`; `nil` where nobody can enrol.
    let enrolment: String?

    /// What the Infoservice shows and trusts. The chain has both levels: the lower one signs the revocation list.
    var serverFiles: CredentialFiles {
        CredentialFiles(
            certificate: state.certificates + "/host.cert.pem", key: state.certificates + "/host.key.pem",
            chain: state.certificates + "/chain.pem", revocations: state.certificates + "/revoked.crl.pem")
    }

    /// Makes what is missing. Certificates in their last third of life are renewed, and so is the revocation list.
    ///
    /// Waits for disk and random numbers on a thread of its own.
    func run() async throws {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try blocking() }) }
        }
    }

    private func blocking() throws {
        let authority = try CertificateAuthority(vardir: state.authority)
        let extra = names.dropFirst().map { AlternativeName(host: $0) }
        let host = try authority.host(names[0], alsoKnownAs: extra)
        let admin = try authority.issueComponent(role: "admin", name: "admin")
        let server = serverFiles
        let files = [
            (server.chain, try authority.certificateChain().pem, UInt16(0o644)),
            (server.certificate, host.chainPEM, 0o644), (server.key, host.keyPEM, 0o400),
            (state.certificates + "/revoked.crl.pem", try authority.revocationListPEM(), 0o644),
            (state.certificates + "/admin.cert.pem", admin.chainPEM, 0o644),
            (state.certificates + "/admin.key.pem", admin.keyPEM, 0o400),
            (state.clientConfiguration, clientConfiguration, 0o644),
        ]
        // What stays the same is left alone: readers of these files look whether they changed.
        for (path, text, mode) in files where FileManager.default.contents(atPath: path) != Data(text.utf8) {
            try SecretFile.write(text, to: path, mode: mode, replacing: true)
        }
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
        \(enrolment.map { "enrolment = \($0)" } ?? "")

        """
    }
}
