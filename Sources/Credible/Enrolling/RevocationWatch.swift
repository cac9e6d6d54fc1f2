public import InfoserviceAPI
public import Logging
public import ServiceLifecycle
import VC3Certificates
import VC3Model
public import VC3Transport

/// Follows what authorities take back, for a party that runs for long: it leaves a server whose certificate is taken back as
/// soon as it hears of it, and remembers over a restart what it heard.
public struct RevocationWatch: Service {
    private let infoservice: any EntityReader & EntityWatcher
    private let client: any RevocationHearing
    private let kept: KeptRevocations?
    private let logger: Logger

    /// - Parameter kept: Where the lists are kept; `nil`: nowhere.
    public init(
        _ infoservice: any EntityReader & EntityWatcher, telling client: any RevocationHearing,
        keptIn kept: KeptRevocations?,
        logger: Logger
    ) {
        self.infoservice = infoservice
        self.client = client
        self.kept = kept
        self.logger = logger
    }

    public func run() async throws {
        let mirror = EntityMirror(source: infoservice, kinds: [.authority])
        do {
            try await cancelWhenGracefulShutdown {
                try await mirror.run { key in
                    guard let text = await mirror.record(.authority, key.name)?.status["crl"]?.stringValue else {
                        return
                    }
                    await hear(text, of: key.name)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func hear(_ text: String, of authority: String) async {
        do {
            let lists = try client.credentials.revocationLists(pem: text, from: "of \(authority)")
            guard let closed = client.hear(lists) else { return }
            logger.notice(
                "a revocation list was taken",
                metadata: [
                    "authority": "\(authority)", "revoked": "\(lists.count)", "connections-closed": "\(closed)",
                ])
            try await kept?.keep(client.revoked)
        } catch {
            logger.warning(
                "a revocation list cannot be used or kept",
                metadata: ["authority": "\(authority)", "reason": "\(error)"])
        }
    }
}
