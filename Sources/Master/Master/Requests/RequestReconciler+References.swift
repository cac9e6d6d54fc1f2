import VC3Model

extension RequestReconciler {
    /// Everything that the request refers to, as far as it exists.
    func references(of request: Entity<Request>) async throws -> RequestReferences {
        var found = RequestReferences()
        found.project = try await store.entity(Project.self, request.spec.project)
        found.cluster = try await store.entity(Cluster.self, request.spec.cluster)
        for member in found.project.map(RequestValidation.members(of:)) ?? [] {
            found.users[member] = try await store.entity(User.self, member)
        }
        var environments = request.spec.environments
        var nodeinfos: [String] = []
        for name in found.cluster?.spec.nodesets ?? [] {
            guard let nodeset = try await store.entity(Nodeset.self, name) else { continue }
            found.nodesets[name] = nodeset
            if let environment = nodeset.spec.environment { environments.append(environment) }
            if let nodeinfo = nodeset.spec.nodeinfo { nodeinfos.append(nodeinfo) }
        }
        for name in request.spec.allocations {
            guard let allocation = try await store.entity(Allocation.self, name) else { continue }
            found.allocations[name] = allocation
            let resourceName = allocation.spec.resource
            guard let resource = try await store.entity(Resource.self, resourceName) else { continue }
            found.resources[resourceName] = resource
            nodeinfos.append(resource.spec.nodeinfo)
        }
        for name in nodeinfos { found.nodeinfos[name] = try await store.entity(Nodeinfo.self, name) }
        for name in environments { found.environments[name] = try await store.entity(Environment.self, name) }
        return found
    }
}
