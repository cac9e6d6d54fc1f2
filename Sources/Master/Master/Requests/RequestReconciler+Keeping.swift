import HTCondorPool
import VC3Model

extension RequestReconciler {
    /// Phases `pending` and `running`: hands the head node to the pilot sets, keeps their specs as the policy says, and
    /// tells how far the workers have come.
    func keep(_ request: Entity<Request>, _ references: RequestReferences) async throws {
        var request = request
        let old = request.status
        let nodeset = try await store.entity(Nodeset.self, RequestLifeCycle.headNodeName(of: request.name))
        copyHeadNode(nodeset, into: &request)
        let plan = PilotSetPlan(
            request: request, references: references, headNode: nodeset.flatMap { pool(of: request, $0) })
        try await converge(request, plan)
        tellUnresolved(plan, in: &request)
        try await forgetGone(plan, in: &request)
        await tellProgress(try await pilotSets(of: request.name), references, in: &request)
        try await save(request, was: old)
    }

    private func copyHeadNode(_ nodeset: Entity<Nodeset>?, into request: inout Entity<Request>) {
        guard var ready = nodeset?.status.conditions[HeadNodeReconciler.ready] else { return }
        ready.type = RequestLifeCycle.headNodeReady
        request.status.conditions.set(ready)
        if ready.status == .yes { mark("headnode_ready", at: clock.now(), in: &request) }
    }

    /// The pool to join, once the head node has answered for the first time.
    private func pool(of request: Entity<Request>, _ nodeset: Entity<Nodeset>) -> PilotHeadNode? {
        guard let host = nodeset.status.app_host, let port = nodeset.status.app_port else { return nil }
        let address = host.contains(":") ? "[\(host)]" : host
        return PilotHeadNode(
            collector: "\(address):\(port)", trustdomain: TrustDomain(cluster: request.name).name,
            privatetoken: nodeset.name)
    }

    /// Writes the specs that differ, deletes what is no longer wanted. What cannot be computed stays as it is.
    private func converge(_ request: Entity<Request>, _ plan: PilotSetPlan) async throws {
        let sets = try await pilotSets(of: request.name).filter { !$0.isDeleting }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for set in sets where plan.unresolved[set.name] == nil {
                guard var wanted = plan.specs[set.name] else {
                    // The request no longer names this allocation or nodeset; a cluster that cannot be read says nothing.
                    if !plan.specs.isEmpty { group.addTask { try await store.delete(.pilotset, set.name) } }
                    continue
                }
                if wanted.headnode == nil, set.spec.headnode != nil {
                    wanted.headnode = set.spec.headnode
                    wanted.wanted = set.spec.wanted
                }
                guard wanted != set.spec,
                    let patch = try JSONValue(encoding: set.spec).mergePatch(to: JSONValue(encoding: wanted))
                else { continue }
                group.addTask { try await store.patchSpec(.pilotset, set.name, patch) }
            }
            try await group.waitForAll()
        }
    }

    private func tellUnresolved(_ plan: PilotSetPlan, in request: inout Entity<Request>) {
        let type = RequestLifeCycle.referencesResolved
        let problems = Set(plan.unresolved.values).sorted()
        if !problems.isEmpty {
            request.status.conditions.set(
                condition(
                    type, .no, "Missing", problems.joined(separator: "; ") + "; what runs there stays as it is",
                    mender: .user))
        } else if request.status.conditions[type] != nil {
            request.status.conditions.set(condition(type, .yes, "Resolved", "all that it refers to exists"))
        }
    }

    /// Takes pilot sets from the list that were deleted while the request runs and are gone.
    private func forgetGone(_ plan: PilotSetPlan, in request: inout Entity<Request>) async throws {
        for name in request.status.pilotsets where plan.specs[name] == nil && plan.unresolved[name] == nil {
            if try await store.exists(.pilotset, name) { continue }
            request.status.pilotsets.removeAll { $0 == name }
        }
    }

    private func tellProgress(
        _ sets: [Entity<PilotSet>], _ references: RequestReferences, in request: inout Entity<Request>
    ) async {
        let numbers = Dictionary(
            references.workerNodesets.map { ($0.name, $0.spec.node_number) }, uniquingKeysWith: { first, _ in first })
        let joined = await board.workers(of: request.name)
        let progress = RequestProgress(pilotSets: sets, nodeNumbers: numbers, joined: joined)
        request.status.statusinfo = progress.statusinfo
        if let joined { request.status.workers_joined = joined }
        mark("first_submit", at: progress.firstSubmit, in: &request)
        if (joined ?? 0) > 0 || sets.contains(where: { $0.status.running > 0 }) {
            let started = condition(RequestLifeCycle.running, .yes, "WorkersStarted", "the first worker has started")
            if !request.status.conditions.isTrue(RequestLifeCycle.running) { request.status.conditions.set(started) }
        }
        // A restarted Master has not asked yet; what the last one said holds until then.
        guard progress.wanted > 0, joined != nil || request.status.conditions[RequestLifeCycle.workersJoined] == nil
        else { return }
        if progress.isComplete { mark("all_joined", at: clock.now(), in: &request) }
        request.status.conditions.set(
            condition(
                RequestLifeCycle.workersJoined, progress.isComplete ? .yes : .no,
                progress.isComplete ? "AllJoined" : "Waiting", progress.sentence,
                mender: progress.isComplete ? nil : progress.mender))
    }
}
