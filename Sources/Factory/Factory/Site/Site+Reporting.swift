import Logging
import VC3Model

extension Site {
    func note(_ failure: SiteFailure) {
        retries += 1
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

    /// What becomes of the pilots there while the site cannot be reached.
    private func fateOfPilots() -> String {
        let alive = records.values.filter { !$0.hasEnded }
        let ending = alive.count { $0.retiring != nil || sets[$0.pilotSet]?.isDeleting == true }
        return (alive.count > ending ? "; nothing was cancelled, \(alive.count - ending) pilots there go on" : "")
            + (ending > 0 ? "; \(ending) pilots there are ended once it answers" : "")
    }

    func view(of name: String) -> PilotSetView {
        var view = PilotSetView()
        let tally = tallies[name] ?? PilotTally()
        view.done = tally[.done]
        view.failed = tally[.failed]
        view.expired = tally[.expired]
        view.vanished = tally[.vanished]
        view.firstSubmit = tally.firstSubmit
        var isEmpty = true
        for record in records.values where record.pilotSet == name {
            if !record.isCleared { isEmpty = false }
            switch record.stage {
            case .ended where record.end == .done: view.done += 1
            case .ended where record.end == .expired: view.expired += 1
            case .ended where record.end == .failed: view.failed += 1
            case .ended where record.end == .vanished: view.vanished += 1
            case .ended: break
            case _ where record.retiring != nil: view.retiring += 1
            case .intended: view.submitting += 1
            case .pending: view.pending += 1
            case .running: view.running += 1
            }
        }
        let set = sets[name]
        view.explanation = set?.explanation ?? []
        view.lastErrors = set?.errors ?? []
        view.submission = trouble ?? set?.submission
        view.contact = contact
        view.keyInUse = keyInUse
        view.isGone =
            isEmpty && set?.isDeleting == true && !isSuspect
            && (!isInLedger || isNeededByOthers(than: name))
        return view
    }

    private func isNeededByOthers(than name: String) -> Bool {
        sets.contains { $0.key != name && !$0.value.isDeleting }
            || records.values.contains { $0.pilotSet != name && !$0.isCleared }
    }

    func publish() async {
        let views = Dictionary(uniqueKeysWithValues: sets.keys.map { ($0, view(of: $0)) })
        let changed = Set(views.filter { published[$0.key] != $0.value }.keys)
        published = views
        let change = SiteChange(pilotSets: changed, pilots: touched)
        touched = []
        if change != SiteChange() { await onChange(change) }
    }
}
