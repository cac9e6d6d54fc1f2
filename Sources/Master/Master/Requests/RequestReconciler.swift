import HTCondorPool
import InfoserviceAPI
import VC3Model
import VC3Reconciling

/// Leads a request from its creation to a running virtual cluster, and away again.
///
/// One file for each phase: validating, starting, keeping, ending.
struct RequestReconciler: Reconciler {
    let store: MasterStore
    let board: HeadNodeBoard
    let headNodeProblem: @Sendable (String) -> String?
    let clock: WallClock
    let resync: Duration

    func reconcile(_ name: String) async throws -> Outcome {
        guard var request = try await store.entity(Request.self, name) else { return .done }
        let old = request.status
        let end = RequestLifeCycle.end(of: request, now: clock.now())
        if RequestLifeCycle.state(of: request.status.conditions) == .terminated, end == nil { await relaunch(&request) }
        if let end, !request.status.conditions.isTrue(RequestLifeCycle.terminating) { terminate(&request, end) }
        if request.status.conditions.isTrue(RequestLifeCycle.terminating) {
            return try await tearDown(request, was: old)
        }
        let references = try await references(of: request)
        if !request.status.conditions.isTrue(RequestLifeCycle.valid) { validate(&request, references) }
        guard request.status.conditions.isTrue(RequestLifeCycle.valid) else {
            try await save(request, was: old)
            return pause(request)
        }
        request = try await start(request, references, was: old)
        try await keep(request, references)
        return pause(request)
    }

    // MARK: - Common to the phases

    /// Fills in what follows from the conditions, and writes the status if it is another one.
    @discardableResult
    func save(_ request: Entity<Request>, was old: Request.Status) async throws -> Entity<Request> {
        var request = request
        request.status.state = RequestLifeCycle.state(of: request.status.conditions).rawValue
        request.status.state_reason = RequestLifeCycle.reason(of: request.status.conditions)
        request.status.observed_generation = request.metadata.generation
        mark("created", at: request.metadata.created, in: &request)
        return try await store.save(request, was: old)
    }

    /// Until the next look: its expiration, or the resync.
    private func pause(_ request: Entity<Request>) -> Outcome {
        guard let expiration = request.spec.expiration else { return .again(after: resync) }
        return .again(after: min(resync, max(expiration - clock.now(), .milliseconds(1))))
    }

    func condition(
        _ type: String, _ status: Condition.State, _ reason: String, _ message: String, mender: Condition.Mender? = nil
    ) -> Condition {
        Condition(type: type, status: status, reason: reason, message: message, since: clock.now(), mender: mender)
    }

    /// Notes when a step was first reached.
    func mark(_ step: String, at moment: Timestamp?, in request: inout Entity<Request>) {
        if let moment, request.status.timeline[step] == nil { request.status.timeline[step] = moment }
    }

    func pilotSets(of request: String) async throws -> [Entity<PilotSet>] {
        try await store.entities(PilotSet.self).filter { $0.spec.request == request }
    }

    /// A request that ended, and that its owner wants again, begins anew.
    private func relaunch(_ request: inout Entity<Request>) async {
        await board.forget(request.name)
        request.status = Request.Status()
    }
}
