import InfoserviceAPI
import VC3Model
import VC3Reconciling

extension RequestReconciler {
    /// The decision to end, which is never taken back: what was torn down halfway is of no use to anybody.
    func terminate(_ request: inout Entity<Request>, _ end: RequestLifeCycle.End) {
        request.status.conditions.set(condition(RequestLifeCycle.terminating, .yes, end.word, end.sentence))
        mark("terminating", at: clock.now(), in: &request)
    }

    /// Phases `terminating` and `cleanup`. Works from the request's own status and from what bears its name: whether
    /// anything that it refers to still exists makes no difference.
    func tearDown(_ request: Entity<Request>, was old: Request.Status) async throws -> Outcome {
        var request = request
        if request.status.conditions[RequestLifeCycle.pilotsGone] == nil {
            // The decision is durable before anything is ended, and the head node's reconciler sees it.
            request = try await save(request, was: old)
        }
        let before = request.status
        let left = try await endPilotSets(of: request)
        guard left.isEmpty else {
            let pilots = left.map(\.status).reduce(0) { $0 + $1.submitting + $1.pending + $1.running + $1.retiring }
            let obstacles = left.compactMap(\.status.state_reason).joined(separator: "; ")
            let message =
                "ending \(pilots) pilots of \(left.count) pilot sets" + (obstacles.isEmpty ? "" : ": \(obstacles)")
            let progress = RequestProgress(
                pilotSets: left, nodeNumbers: [:], joined: await board.workers(of: request.name), isEnding: true)
            request.status.conditions.set(
                condition(RequestLifeCycle.pilotsGone, .no, "Ending", message, mender: progress.mender))
            request.status.statusinfo = progress.statusinfo
            try await save(request, was: before)
            return .again(after: resync)
        }
        request.status.conditions.set(condition(RequestLifeCycle.pilotsGone, .yes, "Gone", "all pilots are gone"))
        request.status.workers_joined = 0
        request.status.statusinfo = [:]
        let isRemoved = await board.isRemoved(request.name)
        guard request.status.headnode_provider == nil || isRemoved else {
            let headNode = try await store.entity(Nodeset.self, RequestLifeCycle.headNodeName(of: request.name))
            let said = headNode?.status.conditions[HeadNodeReconciler.ready]
            request.status.conditions.set(
                condition(
                    RequestLifeCycle.headNodeGone, .no, "Removing",
                    said?.status == .no ? said?.message ?? "" : "the head node is being removed", mender: .nobody))
            try await save(request, was: before)
            return .again(after: resync)
        }
        request.status.conditions.set(condition(RequestLifeCycle.headNodeGone, .yes, "Gone", "nothing is left"))
        mark("terminated", at: clock.now(), in: &request)
        request.status.headnode = nil
        request.status.headnode_provider = nil
        request.status.pilotsets = []
        request = try await save(request, was: before)
        guard request.isDeleting else { return .again(after: resync) }
        try await store.remove(request.key, expecting: request.metadata.revision)
        await board.forget(request.name)
        return .done
    }

    /// Wants no pilot and deletes every pilot set; the Factory takes each away once its pilots are gone.
    ///
    /// - Returns: Those that are left.
    private func endPilotSets(of request: Entity<Request>) async throws -> [Entity<PilotSet>] {
        var sets = try await pilotSets(of: request.name)
        // One that was created just before a crash may not be in the copy yet; its name was written down first.
        for name in request.status.pilotsets where !sets.contains(where: { $0.name == name }) {
            guard try await store.exists(.pilotset, name) else { continue }
            sets.append(try Entity(await store.infoservice.record(.pilotset, name)))
        }
        for set in sets where !set.isDeleting {
            if set.spec.wanted != 0 { try await store.patchSpec(.pilotset, set.name, ["wanted": 0]) }
            try await store.delete(.pilotset, set.name)
        }
        return sets
    }
}
