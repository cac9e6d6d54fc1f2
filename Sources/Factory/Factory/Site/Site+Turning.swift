import Logging
import VC3Model

/// Turns, one after the other.
extension Site {
    /// Takes turns until cancelled. What runs at the site stays.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepDelivering() }
            group.addTask { await self.keepServing() }
            group.addTask { await self.keepFollowing() }
            while !Task.isCancelled {
                let due = await watchedTurn()
                await signal.wait(atMost: due)
            }
            group.cancelAll()
        }
        // A cancelled task cannot run the command that ends a connection; this one is waited for.
        await Task { await access.close() }.value
    }

    /// Serves each access until the next one takes its place.
    private func keepServing() async {
        while !Task.isCancelled {
            await access.serve()
            await accessSignal.wait(atMost: nil)
        }
    }

    /// A turn that tells when the site keeps it waiting.
    private func watchedTurn() async -> Duration? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.tellSilence() }
            let due = await turn()
            askedAt = nil
            group.cancelAll()
            return due
        }
    }

    /// Does what is due now.
    ///
    /// - Returns: How long nothing will be due unless somebody asks for something; `nil` for ever.
    func turn() async -> Duration? {
        if isPaused { return nil }
        guard isInLedger || isSuspect || sets.values.contains(where: { !$0.isDeleting }) else {
            await publish()
            return nil
        }
        do {
            try await takeEvents()
            if !touched.isEmpty { await publish() }
        } catch {
            logger.warning("what pilots tell cannot be written down yet", metadata: ["why": "\(error)"])
        }
        if wasFollowed, !isFollowed { wakeLooks() }
        wasFollowed = isFollowed
        if let retryAt, clock.elapsed() < retryAt { return retryAt - clock.elapsed() }
        let pause = budget.wait(at: clock.elapsed())
        if pause > .zero { return pause }
        do {
            hasAsked = false
            try await work()
            // Only an answer shows that a site which did not answer does so again.
            if !hasAsked, contact.map({ $0.status != .yes }) == true || trouble != nil { try await look() }
            retries = 0
            retryAt = nil
            if hasAsked {
                trouble = nil
                keyInUse = accessKey
                contact = Finding(status: .yes, reason: "Reached", message: "\(name) answers")
            }
        } catch let failure as SiteFailure {
            note(failure)
        } catch is CancellationError {
            return nil
        } catch {
            note(
                SiteFailure(
                    reason: "LedgerUnavailable", message: "\(error); nothing is submitted until it can be written",
                    mender: .operator, wasAnswered: true))
        }
        await noteLateTokens()
        await publish()
        return nextDue()
    }

    private func work() async throws {
        if needsNewAccess {
            stopFollowing()
            await access.close()
            access = makeAccess(place)
            accessKey = place.keyfingerprint
            accessSignal.signal()
            epoch = nil
            needsNewAccess = false
        }
        for record in book.takeExpiring(by: clock.wall.now()) { restless.insert(record.pilotSet) }
        wakeQueues()
        try takeDeliveryFailure()
        try await prepare()
        try await resolve()
        try await retire()
        try await submit()
        if clock.elapsed() >= nextLook, isLookWorthwhile {
            try await look()
            try await retire()
            try await submit()
        }
        try await renewTokens()
        try await tidy()
        try await takeEvents()
    }

    private var isLookWorthwhile: Bool {
        !unconfirmed.isEmpty || book.alive > 0
    }

    /// Makes contact and the site ready. Overlaps with whatever the pilot sets still wait for.
    func prepare() async throws {
        if epoch != nil { return }
        try await access.open()
        // To end pilots and clear up, nothing has to be put there first.
        guard isSuspect || sets.values.contains(where: { !$0.isDeleting }) else { return }
        if !isInLedger {
            // From here on files may exist there, which somebody has to remove.
            try await ledger.append([.site(id: id, place: place)])
            isInLedger = true
        }
        let fresh = settings.newPilot().rawValue
        spend()
        let staging = try await access.stage(epoch: fresh)
        try await adopt(staging.pilots)
        isSuspect = false
        hasTakenStock = true
        if staging.isLacking, sets.values.contains(where: { !$0.isDeleting }) { try await arrangeDelivery() }
        epoch = fresh
        if !isPaused { startFollowing() }
    }

    private func nextDue() -> Duration? {
        let now = clock.elapsed()
        if let retryAt { return max(retryAt - now, .zero) }
        var due: [Duration] = []
        if isLookWorthwhile { due.append(nextLook) }
        if nextReplacement > now { due.append(nextReplacement) }
        for set in sets.values where !set.breaker.isClosed && set.breaker.pausedUntil > now {
            due.append(set.breaker.pausedUntil)
        }
        due += [
            nextProbingEnd, nextAbandoned, nextNodeChange, nextTidying, nextExpiry, nextDrainEnd, nextSilence,
            nextRenewal, nextCycle,
        ].compactMap(\.self)
        return due.min().map { max($0 - now, .zero) }
    }
}
