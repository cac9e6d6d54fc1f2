import InfoserviceAPI
import InfoserviceStore
import Logging
import ServiceLifecycle
import VC3Certificates
import VC3Model
import VC3Transport

/// Hears from the store what authorities have taken back, and has the server go by it at once.
struct RevocationListener: Service {
    let engine: EntityStore
    let tls: MutualTLSServer
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let seen = await hearAll()
                    for try await event in try await engine.watch([.authority], after: seen) {
                        if case .changed(let record) = event { hear(record) }
                    }
                } catch {
                    // The watch fell behind what is kept of history: everything is looked at again.
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
        }
    }

    /// - Returns: The revision from which to go on.
    func hearAll() async -> Revision {
        let list = await engine.records(.authority)
        for record in list.items { hear(record) }
        return list.revision
    }

    private func hear(_ record: EntityRecord) {
        guard let text = record.status["crl"]?.stringValue else { return }
        do {
            let lists = try RevocationLists(pem: text, signedByOneOf: tls.credentials.authorities())
            guard let closed = tls.hear(lists) else { return }
            logger.notice(
                "a revocation list was taken",
                metadata: [
                    "authority": "\(record.name)", "revoked": "\(lists.count)", "connections-closed": "\(closed)",
                ])
        } catch {
            logger.warning(
                "the revocation list of an authority cannot be used; those known stay in force",
                metadata: ["authority": "\(record.name)", "reason": "\(error)"])
        }
    }
}
