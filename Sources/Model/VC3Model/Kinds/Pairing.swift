/// A party that is to get a certificate. Fields: ``KindSchema``.
public enum Pairing: EntityType {
    public static let kind = EntityKind.pairing

    /// What a certificate can make of its holder: whoever may call, and hosts, which serve.
    public static let roles = Role.allCases.map(\.rawValue) + ["host"]

    /// What an admin wants, and who claimed it.
    public struct Spec: Codable, Sendable, Equatable {
        public var cn: String
        public var role: String?
        public var hosts: [String]
        public var expires: Timestamp?
        public var renews: Bool
        public var serial: String?
        public var csr: String?
        public var tries: Int

        public init(
            cn: String, role: String? = nil, hosts: [String] = [], expires: Timestamp? = nil, renews: Bool = false,
            serial: String? = nil, csr: String? = nil, tries: Int = 0
        ) {
            self.cn = cn
            self.role = role
            self.hosts = hosts
            self.expires = expires
            self.renews = renews
            self.serial = serial
            self.csr = csr
            self.tries = tries
        }
    }

    /// The Master's answer.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        public var cert: String?
        /// Written, never read: it is not shown to the Master either.
        public var key: String?

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, cert: String? = nil, key: String? = nil
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.cert = cert
            self.key = key
        }
    }
}
