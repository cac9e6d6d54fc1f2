import InfoserviceAPI
import VC3Model

extension RequestReconciler {
    /// Phase `initializing`: writes down what will be made, then makes it: the head node's nodeset, and at once the
    /// pilot sets, still wanting no pilot, so that the Factory opens its sessions while the head node starts.
    func start(
        _ request: Entity<Request>, _ references: RequestReferences, was old: Request.Status
    ) async throws -> Entity<Request> {
        var request = request
        let headNode = RequestLifeCycle.headNodeName(of: request.name)
        request.status.headnode = headNode
        // What made the head node must remove it, whatever the spec says later.
        if request.status.headnode_provider == nil { request.status.headnode_provider = request.spec.headnode }
        let plan = PilotSetPlan(request: request, references: references, headNode: nil)
        let names = Set(plan.specs.keys).union(plan.unresolved.keys)
        request.status.pilotsets = names.union(request.status.pilotsets).sorted()
        request.status.nodesets = Set(references.workerNodesets.map(\.name)).union(request.status.nodesets).sorted()
        request = try await save(request, was: old)
        let owner = request.metadata.owner
        if try await store.entity(Nodeset.self, headNode) == nil {
            let spec = Nodeset.Spec(
                app_type: references.workerNodesets.first?.spec.app_type ?? "htcondor", app_role: "head-node")
            try await store.ensure(
                EntityDraft(kind: .nodeset, name: headNode, owner: owner, spec: try JSONValue(encoding: spec)))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, spec) in plan.specs where try await store.entity(PilotSet.self, name) == nil {
                let draft = EntityDraft(kind: .pilotset, name: name, owner: owner, spec: try JSONValue(encoding: spec))
                group.addTask { try await store.ensure(draft) }
            }
            try await group.waitForAll()
        }
        return request
    }
}
