import HTCondorPool
import InfoserviceAPI
import Logging
import VC3Model
import VC3Reconciling

/// Makes, watches and removes the head node of one request. Its key is the request's name.
///
/// The request's own reconciler says *that* there is to be a head node, by creating its nodeset; this one is the
/// only writer of that nodeset's status.
struct HeadNodeReconciler: Reconciler {
    let store: MasterStore
    let folders: HeadNodeFolders
    let providers: [String: any HeadNodeProvider]
    let board: HeadNodeBoard
    let clock: WallClock
    let resync: Duration
    let censusInterval: Duration
    let logger: Logger
    /// Told when something changed that is not in the store.
    let changed: @Sendable (String) async -> Void

    /// The head node's condition; the request shows a copy of it.
    static let ready = "Ready"

    func reconcile(_ name: String) async throws -> Outcome {
        guard let request = try await store.entity(Request.self, name),
            let providerName = request.status.headnode_provider, let headNode = request.status.headnode
        else { return .done }
        let conditions = request.status.conditions
        let nodeset = try await store.entity(Nodeset.self, headNode)
        guard let provider = providers[providerName] else {
            let message =
                "provider \(providerName), which makes and removes this head node, is not configured; configure it"
            if let nodeset {
                try await show(.blocked(reason: "ProviderMissing", message, mender: .operator), of: nodeset)
            }
            return .again(after: resync)
        }
        if conditions.isTrue(RequestLifeCycle.terminating) {
            guard conditions.isTrue(RequestLifeCycle.pilotsGone) else { return .done }
            return try await remove(request, nodeset, provider)
        }
        guard let nodeset else { return .done }
        do {
            return try await keep(nodeset, of: request, provider)
        } catch let error as VC3Error where error.code == .conflict {
            throw error
        } catch {
            // A pool that has answered is not given up for one look that failed.
            if !nodeset.status.conditions.isTrue(Self.ready), !(error is CancellationError) {
                try await show(.starting("not yet: \(error); tried again by itself"), of: nodeset)
            }
            throw error
        }
    }

    // MARK: - Making and keeping

    private func keep(
        _ nodeset: Entity<Nodeset>, of request: Entity<Request>, _ provider: any HeadNodeProvider
    ) async throws -> Outcome {
        let key = try await folders.signingKey(of: request.name)
        var order = try await order(for: request, key)
        order.refused = PilotRevocation.inForce(
            request.spec.revokedpilots, since: nodeset.status.revoked, at: clock.now())
        var nodeset = nodeset
        let old = nodeset.status
        let fingerprint = HeadNodeFolders.fingerprint(key)
        if nodeset.status.detail[JSONValue.keyMember]?.stringValue != fingerprint {
            try await store.publish(
                key.fileContents, type: SecretType.poolSigningKey, as: nodeset.name, owner: request.metadata.owner)
        }
        var detail = try await provider.prepare(order, recorded: nodeset.status.detail)
        detail[JSONValue.providerMember] = .string(provider.name)
        detail[JSONValue.keyMember] = .string(fingerprint)
        nodeset.status.detail = detail
        if nodeset.status.conditions[Self.ready] == nil { set(.starting("the head node is being started"), &nodeset) }
        // The intent is durable before anything is started.
        nodeset = try await store.save(nodeset, was: old)
        let recorded = nodeset
        let state = try await provider.ensure(order, detail: detail) { [logger] message in
            logger.info("head node", metadata: ["request": "\(request.name)", "step": "\(message)"])
            await note(progress: message, of: recorded)
        }
        nodeset = try await store.entity(Nodeset.self, nodeset.name) ?? nodeset
        let before = nodeset.status
        set(state, &nodeset)
        nodeset = try await store.save(nodeset, was: before)
        switch state {
        case .ready:
            try await refuse(order, asked: request.spec.revokedpilots, detail, provider, nodeset)
            return try await count(request, detail, provider)
        case .starting, .blocked, .failed:
            // What comes up next may be another one.
            await board.note(refused: nil, of: request.name)
        }
        switch state {
        case .ready, .failed: return .again(after: resync)
        case .starting: return .again(after: .milliseconds(500))
        case .blocked: return .again(after: .seconds(30))
        }
    }

    /// Has the head node refuse pilots whose tokens were taken back, and notes since when it does.
    private func refuse(
        _ order: HeadNodeOrder, asked: [String], _ detail: JSONValue, _ provider: any HeadNodeProvider,
        _ nodeset: Entity<Nodeset>
    ) async throws {
        let old = nodeset.status
        if await board.refused(of: order.request) != order.refused {
            if !order.refused.isEmpty || !old.revoked.isEmpty {
                try await provider.refusePilots(of: order, detail: detail)
                logger.info(
                    "head node refuses pilots", metadata: ["request": "\(order.request)", "pilots": "\(order.refused)"])
            }
            await board.note(refused: order.refused, of: order.request)
        }
        var nodeset = nodeset
        let now = clock.now()
        nodeset.status.revoked = nodeset.status.revoked.filter { asked.contains($0.key) }
        for pilot in order.refused { nodeset.status.revoked[pilot] = old.revoked[pilot] ?? now }
        try await store.save(nodeset, was: old)
    }

    private func order(for request: Entity<Request>, _ key: PoolSigningKey) async throws -> HeadNodeOrder {
        var order = HeadNodeOrder(request: request.name, owner: request.metadata.owner, signingKey: key)
        if let project = try await store.entity(Project.self, request.spec.project) {
            for member in RequestValidation.members(of: project) {
                guard let user = try await store.entity(User.self, member) else { continue }
                order.users[member] = user.spec.sshpubstring
                order.identities[member] = user.spec.identity_id
            }
        }
        for name in request.spec.allocations {
            guard let allocation = try await store.entity(Allocation.self, name),
                let resource = try await store.entity(Resource.self, allocation.spec.resource),
                !SiteRules.isLocal(resource.spec), let host = resource.spec.accesshost
            else { continue }
            order.siteHosts.append(host)
        }
        for name in request.spec.environments {
            guard let environment = try await store.entity(Environment.self, name) else { continue }
            order.packages += environment.spec.packagelist
        }
        return order
    }

    /// A step of a long way, shown while it lasts. A lost race is no harm: the next message comes.
    private func note(progress: String, of nodeset: Entity<Nodeset>) async {
        try? await show(.starting(progress), of: nodeset)
    }

    private func show(_ state: HeadNodeState, of nodeset: Entity<Nodeset>) async throws {
        guard var current = try await store.entity(Nodeset.self, nodeset.name) else { return }
        let old = current.status
        set(state, &current)
        try await store.save(current, was: old)
    }

    private func set(_ state: HeadNodeState, _ nodeset: inout Entity<Nodeset>) {
        var condition = Condition(type: Self.ready, status: .no, reason: "Starting", message: "", since: clock.now())
        switch state {
        case .starting(let message):
            nodeset.status.state = "initializing"
            condition.message = message
        case .ready(let address, let port):
            nodeset.status.state = "running"
            nodeset.status.app_host = address
            nodeset.status.app_port = port
            condition.status = .yes
            condition.reason = "Answers"
            condition.message = "the head node answers at \(address):\(port)"
        case .blocked(let reason, let message, let mender):
            nodeset.status.state = "initializing"
            condition.reason = reason
            condition.message = message
            condition.mender = mender
        case .failed(let message):
            nodeset.status.state = "failure"
            condition.reason = RequestLifeCycle.finalReason
            condition.message = message
            condition.mender = .operator
        }
        nodeset.status.state_reason = condition.message
        nodeset.status.observed_generation = nodeset.metadata.generation
        nodeset.status.conditions.set(condition)
    }

    // MARK: - Counting

    /// Asks for the workers: twice a second while they may be about to join, ever more seldom while nothing changes.
    private func count(
        _ request: Entity<Request>, _ detail: JSONValue, _ provider: any HeadNodeProvider
    ) async throws -> Outcome {
        let workers = try await provider.workers(of: request.name, detail: detail)
        if await board.note(workers: workers, of: request.name) { await changed(request.name) }
        let sets = try await store.entities(PilotSet.self).filter { $0.spec.request == request.name }
        let progress = RequestProgress(pilotSets: sets, nodeNumbers: [:], joined: workers)
        let state = [workers, progress.wanted] + sets.flatMap { [$0.status.running, $0.status.pending] }
        let steady = await board.steadyTime(of: request.name, state: state, now: clock.now())
        // A pilot that starts is reported by its Factory, and every report leads to another look here.
        let least: Duration =
            progress.isComplete || progress.wanted == 0
            ? .seconds(15) : progress.isMoving ? .milliseconds(500) : .seconds(5)
        return .again(after: min(max(steady / 10, least), censusInterval))
    }

    // MARK: - Removing

    private func remove(
        _ request: Entity<Request>, _ nodeset: Entity<Nodeset>?, _ provider: any HeadNodeProvider
    ) async throws -> Outcome {
        if await board.isRemoved(request.name) { return .done }
        let name = RequestLifeCycle.headNodeName(of: request.name)
        do {
            try await provider.remove(request.name, detail: nodeset?.status.detail ?? [:])
        } catch {
            if let nodeset { await note(progress: "the head node cannot be removed yet: \(error)", of: nodeset) }
            throw error
        }
        try await store.delete(.privatetoken, name)
        try await store.delete(.nodeset, name)
        try await folders.remove(request.name)
        await board.noteRemoved(request.name)
        await changed(request.name)
        return .done
    }
}
