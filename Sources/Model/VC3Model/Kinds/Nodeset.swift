/// A number of nodes with one role in a cluster. Fields: ``KindSchema``.
public enum Nodeset: EntityType {
    public static let kind = EntityKind.nodeset

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var node_number: Int
        public var app_type: String
        public var app_role: String
        public var app_port: Int?
        public var app_peaceful: Bool
        public var app_draintime: Int?
        public var app_lingertime: Int?
        public var app_killorder: String?
        public var walltime: Int
        public var nodeinfo: String?
        public var environment: String?
        public var batch: BatchOptions

        public init(
            node_number: Int = 1, app_type: String, app_role: String, app_port: Int? = nil, app_peaceful: Bool = true,
            app_draintime: Int? = nil, app_lingertime: Int? = nil, app_killorder: String? = nil, walltime: Int = 86_400,
            nodeinfo: String? = nil,
            environment: String? = nil, batch: BatchOptions = BatchOptions()
        ) {
            self.node_number = node_number
            self.app_type = app_type
            self.app_role = app_role
            self.app_port = app_port
            self.app_peaceful = app_peaceful
            self.app_draintime = app_draintime
            self.app_lingertime = app_lingertime
            self.app_killorder = app_killorder
            self.walltime = walltime
            self.nodeinfo = nodeinfo
            self.environment = environment
            self.batch = batch
        }
    }

    /// What was observed.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        public var app_host: String?
        public var app_port: Int?
        public var detail: JSONValue
        public var revoked: [String: Timestamp]

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, app_host: String? = nil, app_port: Int? = nil, detail: JSONValue = [:],
            revoked: [String: Timestamp] = [:]
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.app_host = app_host
            self.app_port = app_port
            self.detail = detail
            self.revoked = revoked
        }
    }
}
