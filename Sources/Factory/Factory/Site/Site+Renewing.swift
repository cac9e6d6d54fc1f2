import Logging
import VC3Model

extension Site {
    /// Gives pilots that wait in the queue a fresh token, before the old one could end within their walltime.
    ///
    /// So a token need not outlast the queue, however long that is. A pilot reads its token once, when it starts: the
    /// old one or the new one, both good.
    func renewTokens() async throws {
        let now = clock.wall.now()
        let due = book.aliveRecords.filter {
            $0.stage == .pending && $0.retiring == nil
                && now - (tokenMinted[$0.id] ?? $0.intendedAt) >= settings.tokenRenewal
        }
        if due.isEmpty { return }
        var fresh: [PilotID: String] = [:]
        for (name, waiting) in Dictionary(grouping: due, by: \.pilotSet) {
            guard let spec = sets[name]?.spec else { continue }
            do {
                for (pilot, token) in try await tokens.tokens(for: waiting.map(\.id), of: spec) { fresh[pilot] = token }
            } catch {
                // The old ones are good for a while yet, and the next turn tries again.
                logger.warning(
                    "no fresh tokens for waiting pilots", metadata: ["pilotset": "\(name)", "why": "\(error)"])
            }
        }
        if fresh.isEmpty { return }
        spend()
        try await access.renew(fresh)
        for pilot in fresh.keys { tokenMinted[pilot] = now }
        logger.debug("renewed tokens", metadata: ["pilots": "\(fresh.count)"])
    }
}
