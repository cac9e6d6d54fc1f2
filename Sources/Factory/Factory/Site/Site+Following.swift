import BatchSystems
import Logging
import VC3Model

/// Pilots tell their steps by files in a spool folder, which is followed: so their ends are known at once, and the batch
/// system has to be asked more rarely. What is told there is believed like a pilot's report at a look, no more: whatever
/// is lost, late, doubled or made up, the looks put right.
extension Site {
    /// Follows the spool folder whenever there is one, beside the turns.
    func keepFollowing() async {
        var pause = settings.firstRetry
        while !Task.isCancelled {
            guard mayFollow else {
                await followSignal.wait(atMost: nil)
                continue
            }
            let start = clock.elapsed()
            await followOnce()
            if clock.elapsed() - start > settings.longestRetry { pause = settings.firstRetry }
            await followSignal.wait(atMost: pause)
            pause = min(pause * 2, settings.longestFollowRetry)
        }
    }

    private func followOnce() async {
        let access = access
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(SiteFailure) {
                    try await access.follow {
                        self.note(isThere: $0)
                    } receive: {
                        await self.hear($0)
                    }
                } catch {
                    await self.followingFailed(error)
                }
            }
            group.addTask { await self.unfollowSignal.wait(atMost: nil) }
            await group.next()
            group.cancelAll()
        }
        note(isThere: false)
    }

    private nonisolated func note(isThere: Bool) {
        if pulse.note(isThere, at: clock.elapsed()) { signal.signal() }
    }

    private func followingFailed(_ failure: SiteFailure) {
        if mayFollow { unfollowed = failure.message }
        logger.debug("the spool is not followed", metadata: ["why": "\(failure.message)"])
    }

    /// Before the folder goes, or another way there is taken.
    func stopFollowing() {
        mayFollow = false
        unfollowSignal.signal()
    }

    func startFollowing() {
        if mayFollow { return }
        mayFollow = true
        followSignal.signal()
    }

    /// Whether pilots' events come: somebody is there, and has said so lately.
    var isFollowed: Bool {
        pulse.lastHeard.map { clock.elapsed() - $0 < settings.longestSilence } ?? false
    }

    /// When that has to be looked at again.
    var nextSilence: Duration? { wasFollowed ? pulse.lastHeard.map { $0 + settings.longestSilence } : nil }

    /// Whether nothing is going on but that pilots come and go by themselves, and tell so: then the batch system is
    /// spared, because nobody waits for its word.
    var isQuiet: Bool {
        isFollowed && clock.elapsed() - lastWish >= settings.attention && missing.isEmpty && trouble == nil
            && book.intended.isEmpty && book.retiring.isEmpty
            && sets.allSatisfy {
                !$1.isDeleting && $1.breaker.isClosed && (tellsByItself($1) || book.page(of: $0).alive.isEmpty)
            }
    }

    /// Jobs that HTCondor was told of in its own words know no spool folder.
    private func tellsByItself(_ set: WantedSet) -> Bool {
        if case .described? = set.queue?.job { false } else { true }
    }

    /// Keeps an event until the next turn.
    func hear(_ event: PilotEvent) {
        guard let record = book[event.pilot], !record.hasEnded else { return }
        heard[event.pilot] = heard[event.pilot].map { $0.merged(with: event.report) } ?? event.report
        signal.signal()
    }

    /// Takes over what pilots have told. Needs nothing of the site.
    func takeEvents() async throws {
        var changes: [PilotRecord] = []
        var taken: [PilotID: PilotReport] = [:]
        for (pilot, own) in heard {
            guard let known = book[pilot], !known.hasEnded else {
                heard[pilot] = nil
                continue
            }
            // The answer to its submission is still to come, or is being asked for again.
            if known.job == nil { continue }
            taken[pilot] = own
            let updated = updated(known, by: own)
            if updated.facts != known.facts { changes.append(updated) }
        }
        try await save(changes)
        // More may have come meanwhile.
        for (pilot, own) in taken where heard[pilot] == own { heard[pilot] = nil }
    }

    private func updated(_ known: PilotRecord, by own: PilotReport) -> PilotRecord {
        var facts = known.facts
        facts.learn(from: own, at: clock.wall.now())
        var record = PilotRecord(facts)
        busy[record.id] = own.busy
        noteWay(of: record, own, before: known)
        held[record.id] = nil
        if record.stage == .pending {
            record.stage = .running
            record.runningAt = clock.wall.now()
        }
        guard own.hasEnded else { return record }
        if record.retiring != nil {
            // Nobody waits for its place, but for the certainty that nothing of it is left.
            wakeLooks()
            return record
        }
        let end = concluded(record, nil, own)
        unconfirmed[record.id] = clock.elapsed()
        return end
    }

    /// Takes note of which ended pilots' jobs a good answer still lists.
    func confirmEnds(besides alive: Set<PilotID>) {
        unconfirmed = unconfirmed.filter { alive.contains($0.key) }
    }

    /// Whether a job of a pilot that has told its own end may be listed for a while yet.
    func isSettling(_ pilot: PilotID) -> Bool {
        unconfirmed[pilot].map { clock.elapsed() - $0 < settings.endSettle } ?? false
    }
}
