/// Finds all that keeps a request from being started, so that its owner can mend everything in one go.
public struct RequestValidation: Sendable {
    private let request: Entity<Request>
    private let references: RequestReferences
    private var problems: [String] = []

    /// Every problem, each a sentence that names the thing; empty when the request can be started.
    ///
    /// - Parameters:
    ///   - headNodeProblem: Why `headnode` cannot be of a name; `nil` when it can.
    ///   - isPublicKey: Whether a line is an SSH public key.
    public static func problems(
        of request: Entity<Request>, in references: RequestReferences, headNodeProblem: (String) -> String?,
        isPublicKey: (String) -> Bool
    ) -> [String] {
        var validation = RequestValidation(request: request, references: references)
        validation.checkProject(isPublicKey: isPublicKey)
        validation.checkCluster()
        validation.checkAllocations()
        validation.checkRest(headNodeProblem: headNodeProblem)
        return validation.problems
    }

    private init(request: Entity<Request>, references: RequestReferences) {
        self.request = request
        self.references = references
    }

    private mutating func checkProject(isPublicKey: (String) -> Bool) {
        let name = request.spec.project
        guard let project = references.project else {
            return problems.append("project \(name) does not exist")
        }
        if project.spec.allocations.isEmpty { problems.append("project \(name) has no allocation") }
        for allocation in request.spec.allocations where !project.spec.allocations.contains(allocation) {
            problems.append("allocation \(allocation) does not belong to project \(name)")
        }
        let members = RequestValidation.members(of: project)
        if !members.contains(request.metadata.owner) {
            problems.append(
                "\(request.metadata.owner), who owns the request, is no member of project \(name), or a viewer only")
        }
        for member in members {
            guard let user = references.users[member] else {
                problems.append("user \(member), a member of project \(name), does not exist")
                continue
            }
            guard let key = user.spec.sshpubstring, !key.isEmpty else {
                problems.append("user \(member) has no SSH public key (sshpubstring)")
                continue
            }
            if !isPublicKey(key) { problems.append("sshpubstring of user \(member) is not an SSH public key") }
        }
    }

    /// Those who may use a project's allocations, and get an account on its head nodes: all members but viewers. Its
    /// owner always is one.
    public static func members(of project: Entity<Project>) -> [String] {
        let owner = project.metadata.owner
        let members = project.spec.members.filter { $0 == owner || project.spec.roles[$0] != .viewer }
        return members.contains(owner) ? members : [owner] + members
    }

    private mutating func checkCluster() {
        let name = request.spec.cluster
        guard let cluster = references.cluster else {
            return problems.append("cluster \(name) does not exist")
        }
        for nodeset in cluster.spec.nodesets where references.nodesets[nodeset] == nil {
            problems.append("nodeset \(nodeset) of cluster \(name) does not exist")
        }
        if cluster.spec.nodesets.isEmpty {
            problems.append("cluster \(name) has no nodeset")
        } else if references.workerNodesets.isEmpty,
            cluster.spec.nodesets.allSatisfy({ references.nodesets[$0] != nil })
        {
            problems.append("cluster \(name) has no nodeset of role worker-nodes")
        }
        for nodeset in references.workerNodesets where nodeset.spec.app_type != "htcondor" {
            problems.append(
                "app_type \(nodeset.spec.app_type) of nodeset \(nodeset.name) has no worker support in this release; use htcondor"
            )
        }
        for nodeset in references.workerNodesets {
            checkEnvironment(nodeset.spec.environment, of: "nodeset \(nodeset.name)")
            if let nodeinfo = nodeset.spec.nodeinfo, references.nodeinfos[nodeinfo] == nil {
                problems.append("nodeinfo \(nodeinfo) of nodeset \(nodeset.name) does not exist")
            }
        }
    }

    private mutating func checkAllocations() {
        let names = request.spec.allocations
        if names.isEmpty { problems.append("the request names no allocation") }
        if Set(names).count < names.count { problems.append("the request names an allocation twice") }
        for name in Set(names).sorted() {
            guard let allocation = references.allocations[name] else {
                problems.append("allocation \(name) does not exist")
                continue
            }
            if allocation.isDeleting { problems.append("allocation \(name) is being deleted") }
            if allocation.status.state != AllocationState.ready.rawValue {
                let why = allocation.status.state_reason.map { ": \($0)" } ?? ""
                problems.append("allocation \(name) is \(allocation.status.state), not ready\(why)")
            }
            checkResource(of: allocation)
            checkBatchOptions(of: allocation)
            checkPilotSetNames(allocation: name)
        }
    }

    private mutating func checkResource(of allocation: Entity<Allocation>) {
        let name = allocation.spec.resource
        guard let resource = references.resources[name] else {
            return problems.append("resource \(name) of allocation \(allocation.name) does not exist")
        }
        if references.nodeinfos[resource.spec.nodeinfo] == nil {
            problems.append("nodeinfo \(resource.spec.nodeinfo) of resource \(name) does not exist")
        }
        problems += SiteRules.problems(with: resource)
    }

    private mutating func checkBatchOptions(of allocation: Entity<Allocation>) {
        guard let resource = references.resources[allocation.spec.resource],
            let flavor = BatchSystemFlavor(name: resource.spec.accessflavor)
        else { return }
        for nodeset in references.workerNodesets {
            guard let nodeinfo = references.nodeinfo(of: nodeset, at: resource) else { continue }
            let choice = BatchChoice(nodeset: nodeset, allocation: allocation, resource: resource, nodeinfo: nodeinfo)
            problems += BatchRules.of(flavor).problems(with: choice.options).map {
                "batch.\($0.member) of nodeset \(nodeset.name) with allocation \(allocation.name) at \(resource.name) \($0.problem)"
            }
        }
    }

    private mutating func checkPilotSetNames(allocation: String) {
        for nodeset in references.workerNodesets {
            let name = RequestLifeCycle.pilotSetName(
                request: request.name, nodeset: nodeset.name, allocation: allocation)
            if name.utf8.count > EntityName.longest {
                problems.append(
                    "the names of request, nodeset \(nodeset.name) and allocation \(allocation) are together longer than \(EntityName.longest - 2) characters"
                )
            }
        }
    }

    private mutating func checkEnvironment(_ name: String?, of place: String) {
        guard let name, references.environments[name] == nil else { return }
        problems.append("environment \(name) of \(place) does not exist")
    }

    private mutating func checkRest(headNodeProblem: (String) -> String?) {
        for environment in request.spec.environments { checkEnvironment(environment, of: "the request") }
        if let problem = headNodeProblem(request.spec.headnode) { problems.append(problem) }
        if let problem = EntityName.problem(with: RequestLifeCycle.headNodeName(of: request.name)) {
            problems.append("the name of its head node, headnode-for-\(request.name), \(problem)")
        }
    }
}
