import InfoserviceServer
import Logging

/// Renews this machine's certificates, and hands them and what was revoked to the running server.
struct AuthorityReload: Reloading {
    let bootstrap: Bootstrap
    let credentials: CredentialReload
    let logger: Logger

    func look(isAsked: Bool) async {
        do {
            try await bootstrap.run()
        } catch {
            logger.error(
                "certificates cannot be renewed; those that there are stay in use", metadata: ["reason": "\(error)"])
        }
        await credentials.look(isAsked: isAsked)
    }
}
