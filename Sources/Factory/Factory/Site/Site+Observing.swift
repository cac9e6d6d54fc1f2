import BatchSystems
import VC3Model

extension Site {
    /// How the work here goes, as of the last turn.
    ///
    /// - Parameter naming: Whether the jobs of pilots are named.
    func report(naming jobs: Bool = false) -> SiteReport {
        var report = SiteReport(
            id: id, resource: place.resource, account: place.account, name: name,
            commandsPerMinute: settings.commandsPerMinute, commandsLeft: budget.left(at: clock.elapsed()))
        report.sets = published.keys.sorted().compactMap { setReport($0, naming: jobs) }
        report.counts = counts
        report.counts.looks = looks
        report.isReachable = contact.flatMap { $0.status == .unknown ? nil : $0.status == .yes }
        report.sinceLook = lastLook.map { clock.elapsed() - $0 }
        let finding = trouble ?? contact.flatMap { $0.status == .yes ? nil : $0 }
        report.trouble = finding.map { SiteTrouble(reason: $0.reason, message: $0.message) }
        return report
    }

    private func setReport(_ name: String, naming jobs: Bool) -> PilotSetReport? {
        guard let view = published[name], let set = sets[name], let spec = set.spec else { return nil }
        var report = PilotSetReport(
            name: name, queue: QueueKey.isQueue(name) ? QueueKey.name(in: name) : QueueSections.name(of: spec))
        report.isResting = set.queue.map { _ in set.cyclesLeft == 0 } ?? false
        report.submitting = view.submitting
        report.pending = view.pending
        report.running = view.running
        report.retiring = view.retiring
        report.done = view.done
        report.expired = view.expired
        report.failed = view.failed
        report.vanished = view.vanished
        if jobs { report.jobs = book.alive(in: name).compactMap { $0.job?.rawValue }.sorted() }
        report.breakerFailures = set.breaker.failures
        if let submission = set.submission, submission.status == .no {
            report.trouble = SiteTrouble(reason: submission.reason, message: submission.message)
        }
        return report
    }
}
