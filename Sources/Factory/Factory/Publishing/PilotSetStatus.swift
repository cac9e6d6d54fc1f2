import VC3Model

/// Turns what a site knows into a pilot set's status.
enum PilotSetStatus {
    static func status(
        of entity: Entity<PilotSet>, _ view: PilotSetView, factory: String, at now: Timestamp
    ) -> PilotSet.Status {
        var status = entity.status
        status.observed_generation = entity.metadata.generation
        status.factory = factory
        status.submitting = view.submitting
        status.pending = view.pending
        status.running = view.running
        status.retiring = view.retiring
        status.done = view.done
        status.failed = view.failed
        status.expired = view.expired
        status.vanished = view.vanished
        status.first_submit = status.first_submit ?? view.firstSubmit
        status.explanation = view.explanation
        status.key_in_use = view.keyInUse ?? status.key_in_use
        status.last_errors = view.lastErrors
        status.traffic = view.traffic ?? status.traffic
        status.chain = WorkerChain(view.chain, before: status.chain, at: now).links
        status.shunned = view.shunned
        set("SiteReachable", view.contact, in: &status.conditions, at: now)
        set("Submitting", view.submission, in: &status.conditions, at: now)
        (status.state, status.state_reason) = state(of: entity, view)
        return status
    }

    /// Whether some of a set's pilots may exist or have existed.
    static func tellsOfPilots(_ status: PilotSet.Status) -> Bool {
        status.first_submit != nil || status.submitting + status.pending + status.running + status.retiring > 0
    }

    private static func set(
        _ type: String, _ finding: Finding?, in conditions: inout [Condition], at now: Timestamp
    ) {
        guard let finding else { return }
        conditions.set(
            Condition(
                type: type, status: finding.status, reason: finding.reason, message: finding.message, since: now,
                retryAt: finding.retryAt, mender: finding.mender))
    }

    private static func state(of entity: Entity<PilotSet>, _ view: PilotSetView) -> (String, String?) {
        if entity.isDeleting {
            let left = view.submitting + view.pending + view.running + view.retiring
            let step = left > 0 ? "\(left) pilots are being ended" : "what is left at the site is being removed"
            let obstacle = view.contact.flatMap { $0.status == .yes ? nil : "; \($0.message)" } ?? ""
            return ("terminating", step + obstacle)
        }
        if let contact = view.contact, contact.status != .yes { return ("unreachable", contact.message) }
        if let submission = view.submission, submission.status == .no { return ("failing", submission.message) }
        if view.running >= entity.spec.wanted { return ("running", nil) }
        return ("pending", "\(view.running) of \(entity.spec.wanted) pilots are running")
    }
}
