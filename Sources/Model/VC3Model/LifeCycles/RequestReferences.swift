/// Everything that a request refers to, as far as it exists. What is missing is absent, never an error.
public struct RequestReferences: Sendable {
    public var project: Entity<Project>?
    public var cluster: Entity<Cluster>?
    /// Allocations, resources and so on by name.
    public var allocations: [String: Entity<Allocation>]
    public var resources: [String: Entity<Resource>]
    public var nodeinfos: [String: Entity<Nodeinfo>]
    public var nodesets: [String: Entity<Nodeset>]
    public var environments: [String: Entity<Environment>]
    public var users: [String: Entity<User>]

    public init(
        project: Entity<Project>? = nil, cluster: Entity<Cluster>? = nil,
        allocations: [String: Entity<Allocation>] = [:], resources: [String: Entity<Resource>] = [:],
        nodeinfos: [String: Entity<Nodeinfo>] = [:], nodesets: [String: Entity<Nodeset>] = [:],
        environments: [String: Entity<Environment>] = [:], users: [String: Entity<User>] = [:]
    ) {
        self.project = project
        self.cluster = cluster
        self.allocations = allocations
        self.resources = resources
        self.nodeinfos = nodeinfos
        self.nodesets = nodesets
        self.environments = environments
        self.users = users
    }

    /// The cluster's nodesets of workers that exist, in the cluster's order.
    public var workerNodesets: [Entity<Nodeset>] {
        (cluster?.spec.nodesets ?? []).compactMap { nodesets[$0] }.filter { $0.spec.app_role == "worker-nodes" }
    }

    /// What one worker is like: as the nodeset asks, else as the resource says.
    public func nodeinfo(of nodeset: Entity<Nodeset>, at resource: Entity<Resource>) -> Entity<Nodeinfo>? {
        nodeinfos[nodeset.spec.nodeinfo ?? resource.spec.nodeinfo]
    }
}
