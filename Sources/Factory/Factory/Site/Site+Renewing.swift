import Logging
import VC3Model

/// Tokens are short, and each pilot gets a fresh one long before its last one ends, in the queue and while it runs.
extension Site {
    /// Replaces the tokens that are due, and with them those that soon would be: one command for all.
    ///
    /// The new end is in the ledger after the site has the token; whoever does not know of it renews once more.
    func renewTokens() async throws {
        guard clock.elapsed() >= tokensNotBefore, let next = nextRenewalMoment, next <= clock.wall.now() else { return }
        let now = clock.wall.now()
        let soon = now + (settings.tokenLife - settings.tokenRenewal) + settings.tokenRenewal / 4
        let due = book.takeTokensEnding(by: soon, most: settings.tokenBatch)
        var renewed: [PilotRecord] = []
        defer { book.putBack(due.filter { record in !renewed.contains { $0.id == record.id } }) }
        var fresh: [PilotID: String] = [:]
        for (name, pilots) in Dictionary(grouping: due, by: \.pilotSet) {
            do {
                guard let spec = sets[name]?.spec else {
                    throw VC3Error(.unavailable, "what the pilot set wants is not known yet")
                }
                for (pilot, token) in try await tokens.tokens(for: pilots.map(\.id), of: spec) { fresh[pilot] = token }
            } catch {
                // The old ones are good for a while yet, and another turn tries again.
                tokensNotBefore = clock.elapsed() + settings.longestRetry
                logger.warning("no fresh tokens for pilots", metadata: ["pilotset": "\(name)", "why": "\(error)"])
            }
        }
        if fresh.isEmpty { return }
        spend()
        try await access.renew(fresh)
        let changes = due.filter { fresh[$0.id] != nil }.map { record in
            var record = record
            record.tokenEnds = now + settings.tokenLife
            record.isTokenLate = nil
            return record
        }
        try await save(changes)
        renewed = changes
        logger.debug("renewed tokens", metadata: ["pilots": "\(fresh.count)"])
    }

    /// Says of pilots that cannot be reached when their tokens end. What they have opened goes on.
    func noteLateTokens() async {
        let late = clock.wall.now() + (settings.tokenLife - settings.tokenRenewal * 2)
        guard let next = book.nextTokenEnd, next <= late else { return }
        // Nothing but a word to people: if it cannot be written now, another turn does.
        try? await save(
            book.aliveRecords.filter { record in
                record.isTokenLate != true && record.pendingTokenEnd.map { $0 <= late } == true
            }.map { record in
                var record = record
                record.isTokenLate = true
                return record
            })
    }

    /// When the next token is due.
    var nextRenewal: Duration? {
        nextRenewalMoment.map { max(clock.elapsed() + ($0 - clock.wall.now()), tokensNotBefore) }
    }

    private var nextRenewalMoment: Timestamp? {
        book.nextTokenEnd.map { $0 + (settings.tokenRenewal - settings.tokenLife) }
    }
}
