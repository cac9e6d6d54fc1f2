import Logging
import VC3Model

extension Site {
    func note(_ failure: SiteFailure) {
        if failure.reason == SiteFailure.leaseLost {
            // No fault of the site's. Whoever shares the sites finds out and pauses the work, or ends it.
            return retryAt = clock.elapsed() + settings.firstRetry
        }
        retries += 1
        counts.note(failure)
        if failure.outcomeUnknown { epoch = nil }
        let growing = settings.firstRetry * (1 << min(retries - 1, 10))
        let delay = max(min(growing, settings.longestRetry), failure.retryAfter ?? .zero)
        retryAt = clock.elapsed() + delay
        let next = clock.wall.now() + delay
        if failure.wasAnswered {
            contact = Finding(status: .yes, reason: "Reached", message: "\(name) answers")
            trouble = Finding(
                status: .no, reason: failure.reason, message: failure.message, retryAt: next, mender: failure.mender)
        } else {
            contact = Finding(
                status: failure.isOurs ? .unknown : .no, reason: failure.reason,
                message: failure.message + fateOfPilots(), retryAt: next, mender: failure.mender)
        }
        for key in sets.keys { sets[key]?.noteError("\(failure.reason): \(failure.message)") }
        logger.info("site failed", metadata: ["reason": "\(failure.reason)", "error": "\(failure.message)"])
    }

    /// Says so when a command has had no answer for a while: a session that stands still is found out, and given up, only by the
    /// time that ssh takes. Ends with the turn.
    func tellSilence() async {
        while !Task.isCancelled {
            let now = clock.elapsed()
            let due = (askedAt ?? now) + settings.longestAnswer
            if askedAt != nil, due <= now {
                contact = Finding(
                    status: .unknown, reason: "NoAnswer",
                    message: "\(name) has not answered a command for \(settings.longestAnswer.components.seconds) s"
                        + fateOfPilots(), mender: .nobody)
                return await publish()
            }
            try? await Task.sleep(for: due - now)
        }
    }

    /// What becomes of the pilots there while the site cannot be reached.
    private func fateOfPilots() -> String {
        let goingOn = sets.reduce(0) { sum, set in
            let page = book.page(of: set.key)
            return set.value.isDeleting ? sum : sum + page.alive.count - page.retiring
        }
        let ending = book.alive - goingOn
        return (goingOn > 0 ? "; nothing was cancelled, \(goingOn) pilots there go on" : "")
            + (ending > 0 ? "; \(ending) pilots there are ended once it answers" : "")
    }

    func view(of name: String) -> PilotSetView {
        var view = PilotSetView()
        let tally = tallies[name] ?? PilotTally()
        let page = book.page(of: name)
        view.submitting = page.submitting
        view.pending = page.pending
        view.running = page.running
        view.retiring = page.retiring
        view.done = tally[.done] + page.ends[.done]
        view.failed = tally[.failed] + page.ends[.failed]
        view.expired = tally[.expired] + page.ends[.expired]
        view.vanished = tally[.vanished] + page.ends[.vanished]
        view.firstSubmit = tally.firstSubmit
        let set = sets[name]
        view.explanation = set?.explanation ?? []
        view.lastErrors = set?.errors ?? []
        view.submission = trouble ?? set?.submission
        view.contact = contact
        view.keyInUse = keyInUse
        view.traffic = traffic
        view.chain = chainFacts(of: name, page)
        view.shunned = shunned
        view.isGone =
            page.hasOnlyCleared && set?.isDeleting == true && !isSuspect
            && (!isInLedger || !book.hasOnlyCleared || sets.values.contains { !$0.isDeleting })
        return view
    }

    /// Counts alone are no news more than once a minute, and none while they stay the same.
    private func measureTraffic() async {
        if traffic == nil, commands.all(at: clock.elapsed()) == 0 { return }
        let now = clock.elapsed()
        let spool = isFollowed ? "followed" : "none: " + (unfollowed ?? "it has not said anything lately")
        let fresh = SiteTraffic(
            commands: commands.all(at: now), scheduler_commands: commands.ofScheduler(at: now),
            budget: settings.commandsPerMinute, wait: Int(budget.wait(at: now) / .seconds(1)), way: await access.way(),
            spool: spool, measured: clock.wall.now())
        guard let old = traffic else { return traffic = fresh }
        var same = fresh
        same.measured = old.measured
        if same == old { return }
        let isNews = (old.way, old.spool) != (fresh.way, fresh.spool)
        if isNews || fresh.measured - old.measured >= .seconds(60) { traffic = fresh }
    }

    func publish() async {
        await measureTraffic()
        let views = Dictionary(uniqueKeysWithValues: sets.keys.map { ($0, view(of: $0)) })
        let changed = Set(views.filter { published[$0.key] != $0.value }.keys)
        published = views
        let change = SiteChange(pilotSets: changed, pilots: touched)
        touched = []
        if change != SiteChange() { await onChange(change) }
    }
}
