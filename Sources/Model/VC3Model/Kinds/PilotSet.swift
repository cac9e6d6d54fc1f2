/// How many pilots one allocation runs for one nodeset of one request. Fields: ``KindSchema``.
public enum PilotSet: EntityType {
    public static let kind = EntityKind.pilotset

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var request: String
        public var nodeset: String
        public var allocation: String
        public var wanted: Int
        public var middleware: String
        public var cores: Int
        public var memory_mb: Int
        public var storage_mb: Int
        public var walltime: Int
        public var lingertime: Int
        public var killorder: String
        public var peaceful: Bool
        public var draintime: Int
        public var maxpending: Int
        public var maxpercycle: Int
        public var environment: [String: String]
        public var batch: BatchOptions
        public var site: PilotSite
        public var headnode: PilotHeadNode?
        public var revoked: [String]
        public var asked: Int?
        public var policy: String?
        public var checkscript: String?
        public var checktime: Int?
        public var containertool: String?

        public init(
            request: String, nodeset: String, allocation: String, wanted: Int = 0, middleware: String = "htcondor",
            cores: Int = 1, memory_mb: Int = 1024, storage_mb: Int = 1024, walltime: Int = 86_400,
            lingertime: Int = 7200, killorder: String = "newest", peaceful: Bool = true, draintime: Int = 3600,
            maxpending: Int = 100,
            maxpercycle: Int = 50, environment: [String: String] = [:], batch: BatchOptions = BatchOptions(),
            site: PilotSite, headnode: PilotHeadNode? = nil, revoked: [String] = [],
            asked: Int? = nil, policy: String? = nil, checkscript: String? = nil, checktime: Int? = nil,
            containertool: String? = nil
        ) {
            self.request = request
            self.nodeset = nodeset
            self.allocation = allocation
            self.wanted = wanted
            self.middleware = middleware
            self.cores = cores
            self.memory_mb = memory_mb
            self.storage_mb = storage_mb
            self.walltime = walltime
            self.lingertime = lingertime
            self.killorder = killorder
            self.peaceful = peaceful
            self.draintime = draintime
            self.maxpending = maxpending
            self.maxpercycle = maxpercycle
            self.environment = environment
            self.batch = batch
            self.site = site
            self.headnode = headnode
            self.revoked = revoked
            self.asked = asked
            self.policy = policy
            self.checkscript = checkscript
            self.checktime = checktime
            self.containertool = containertool
        }
    }

    /// What was observed.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        public var submitting: Int
        public var pending: Int
        public var running: Int
        public var retiring: Int
        public var done: Int
        public var failed: Int
        public var expired: Int
        public var vanished: Int
        public var first_submit: Timestamp?
        public var explanation: [String]
        public var last_errors: [String]
        public var factory: String?
        public var key_in_use: String?
        public var traffic: SiteTraffic?
        public var chain: [ChainLink]
        public var shunned: [ShunnedNode]

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, submitting: Int = 0, pending: Int = 0, running: Int = 0, retiring: Int = 0,
            done: Int = 0, failed: Int = 0, expired: Int = 0, vanished: Int = 0, first_submit: Timestamp? = nil,
            explanation: [String] = [], last_errors: [String] = [], factory: String? = nil,
            key_in_use: String? = nil, traffic: SiteTraffic? = nil, chain: [ChainLink] = [],
            shunned: [ShunnedNode] = []
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.submitting = submitting
            self.pending = pending
            self.running = running
            self.retiring = retiring
            self.done = done
            self.failed = failed
            self.expired = expired
            self.vanished = vanished
            self.first_submit = first_submit
            self.explanation = explanation
            self.last_errors = last_errors
            self.factory = factory
            self.key_in_use = key_in_use
            self.traffic = traffic
            self.chain = chain
            self.shunned = shunned
        }
    }
}
