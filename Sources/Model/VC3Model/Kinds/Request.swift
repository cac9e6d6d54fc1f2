/// A virtual cluster that somebody wants. Fields: ``KindSchema``.
public enum Request: EntityType {
    public static let kind = EntityKind.request

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var project: String
        public var cluster: String
        public var policy: String
        public var allocations: [String]
        public var environments: [String]
        public var headnode: String
        public var expiration: Timestamp?
        public var action: String
        public var revokedpilots: [String]

        public init(
            project: String, cluster: String, policy: String = "static-balanced", allocations: [String] = [],
            environments: [String] = [], headnode: String = "local", expiration: Timestamp? = nil,
            action: String = "run", revokedpilots: [String] = []
        ) {
            self.project = project
            self.cluster = cluster
            self.policy = policy
            self.allocations = allocations
            self.environments = environments
            self.headnode = headnode
            self.expiration = expiration
            self.action = action
            self.revokedpilots = revokedpilots
        }
    }

    /// What was observed.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        public var headnode: String?
        public var headnode_provider: String?
        public var statusinfo: [String: JSONValue]
        public var workers_joined: Int
        public var nodesets: [String]
        public var pilotsets: [String]
        public var timeline: [String: Timestamp]

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, headnode: String? = nil, headnode_provider: String? = nil,
            statusinfo: [String: JSONValue] = [:], workers_joined: Int = 0, nodesets: [String] = [],
            pilotsets: [String] = [],
            timeline: [String: Timestamp] = [:]
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.headnode = headnode
            self.headnode_provider = headnode_provider
            self.statusinfo = statusinfo
            self.workers_joined = workers_joined
            self.nodesets = nodesets
            self.pilotsets = pilotsets
            self.timeline = timeline
        }
    }
}
