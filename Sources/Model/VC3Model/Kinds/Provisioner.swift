/// A factory that announced itself, and how it does. Fields: ``KindSchema``.
public enum Provisioner: EntityType {
    public static let kind = EntityKind.provisioner

    public struct Spec: Codable, Sendable, Equatable {
        public var type: String
        /// What its administrators call it.
        public var displayname: String?

        public init(type: String = "vc3-factory", displayname: String? = nil) {
            self.type = type
            self.displayname = displayname
        }
    }

    /// What the factory tells now and then; older than a few ``interval``s it is news of a factory that does not work.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        public var version: String?
        public var host: String?
        /// When it began to work.
        public var since: Timestamp?
        public var heartbeat: Timestamp?
        /// Seconds from one heartbeat to the next.
        public var interval: Int?
        /// Counts by state: submitting, pending, running, retiring.
        public var pilots: [String: Int]
        /// Where it has pilots, or is to have some: `account@host`.
        public var sites: [String]
        public var trouble: String?

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, version: String? = nil, host: String? = nil, since: Timestamp? = nil,
            heartbeat: Timestamp? = nil, interval: Int? = nil, pilots: [String: Int] = [:], sites: [String] = [],
            trouble: String? = nil
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.version = version
            self.host = host
            self.since = since
            self.heartbeat = heartbeat
            self.interval = interval
            self.pilots = pilots
            self.sites = sites
            self.trouble = trouble
        }
    }
}
