/// A certificate authority as others need it. Fields: ``KindSchema``.
public enum Authority: EntityType {
    public static let kind = EntityKind.authority

    /// Nothing: an authority is what its files make it.
    public struct Spec: Codable, Sendable, Equatable {
        public init() {}
    }

    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        /// PEM of its certificates, the root first.
        public var chain: String?
        /// PEM of its revocation list.
        public var crl: String?
        public var crlnumber: Int?
        public var thisupdate: Timestamp?
        public var nextupdate: Timestamp?
        /// How many certificates are taken back.
        public var revoked: Int

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, chain: String? = nil, crl: String? = nil, crlnumber: Int? = nil,
            thisupdate: Timestamp? = nil, nextupdate: Timestamp? = nil, revoked: Int = 0
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.chain = chain
            self.crl = crl
            self.crlnumber = crlnumber
            self.thisupdate = thisupdate
            self.nextupdate = nextupdate
            self.revoked = revoked
        }
    }
}
