/// The pilot sets that a request needs, computed from what it refers to.
public struct PilotSetPlan: Sendable, Equatable {
    /// Wanted pilot sets by name.
    public var specs: [String: PilotSet.Spec] = [:]
    /// Pilot sets that are wanted but cannot be computed, because something they refer to is gone; in words.
    public var unresolved: [String: String] = [:]

    /// - Parameters:
    ///   - headNode: The pool to join. Until it is known every pilot set wants no pilot: its site is made ready meanwhile.
    public init(request: Entity<Request>, references: RequestReferences, headNode: PilotHeadNode?) {
        let allocations = request.spec.allocations
        for nodeset in references.workerNodesets {
            let shares = StaticBalanced.shares(of: nodeset.spec.node_number, among: allocations.count)
            for (allocation, share) in zip(allocations, shares) {
                let name = RequestLifeCycle.pilotSetName(
                    request: request.name, nodeset: nodeset.name, allocation: allocation)
                do {
                    var spec = try Self.spec(request, nodeset, allocation, references)
                    spec.headnode = headNode
                    spec.wanted = headNode == nil ? 0 : share
                    specs[name] = spec
                } catch {
                    unresolved[name] = error.message
                }
            }
        }
    }

    private struct Missing: Error { var message: String }

    private static func spec(
        _ request: Entity<Request>, _ nodeset: Entity<Nodeset>, _ allocationName: String,
        _ references: RequestReferences
    ) throws(Missing) -> PilotSet.Spec {
        guard let allocation = references.allocations[allocationName] else {
            throw Missing(message: "allocation \(allocationName) does not exist")
        }
        guard let resource = references.resources[allocation.spec.resource] else {
            throw Missing(message: "resource \(allocation.spec.resource) does not exist")
        }
        guard let nodeinfo = references.nodeinfo(of: nodeset, at: resource) else {
            throw Missing(message: "nodeinfo \(nodeset.spec.nodeinfo ?? resource.spec.nodeinfo) does not exist")
        }
        var environment: [String: String] = [:]
        var containerTool: String?
        for name in request.spec.environments + [nodeset.spec.environment].compactMap({ $0 }) {
            guard let entity = references.environments[name] else {
                throw Missing(message: "environment \(name) does not exist")
            }
            environment.merge(entity.spec.envmap) { _, later in later }
            containerTool = entity.spec.containertool ?? containerTool
        }
        environment["VC3_REQUESTID"] = request.name
        environment["VC3_QUEUE"] = RequestLifeCycle.pilotSetName(
            request: request.name, nodeset: nodeset.name, allocation: allocationName)
        let batch = BatchChoice(nodeset: nodeset, allocation: allocation, resource: resource, nodeinfo: nodeinfo)
        return PilotSet.Spec(
            request: request.name, nodeset: nodeset.name, allocation: allocationName, wanted: 0,
            middleware: nodeset.spec.app_type, cores: batch.cores, memory_mb: batch.memory_mb,
            storage_mb: nodeinfo.spec.storage_mb, walltime: batch.walltime,
            lingertime: nodeset.spec.app_lingertime ?? 7200, killorder: nodeset.spec.app_killorder ?? "newest",
            peaceful: nodeset.spec.app_peaceful, draintime: nodeset.spec.app_draintime ?? 3600,
            maxpending: resource.spec.maxpending,
            maxpercycle: resource.spec.maxpercycle, environment: environment, batch: batch.options,
            site: PilotSite(of: allocation, at: resource), revoked: request.spec.revokedpilots,
            asked: nodeset.spec.node_number, policy: request.spec.policy, checkscript: resource.spec.checkscript,
            checktime: resource.spec.checktime, containertool: containerTool)
    }
}
