/// A user's account at a resource. Fields: ``KindSchema``.
public enum Allocation: EntityType {
    public static let kind = EntityKind.allocation

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var resource: String
        public var accountname: String
        public var sectype: String?
        public var hostkey: String?
        public var validate: Int
        public var keytype: String?
        public var rotate: Int
        public var batch: BatchOptions

        public init(
            resource: String, accountname: String, sectype: String? = nil, hostkey: String? = nil, validate: Int = 0,
            keytype: String? = nil, rotate: Int = 0, batch: BatchOptions = BatchOptions()
        ) {
            self.resource = resource
            self.accountname = accountname
            self.sectype = sectype
            self.hostkey = hostkey
            self.validate = validate
            self.keytype = keytype
            self.rotate = rotate
            self.batch = batch
        }
    }

    /// What was observed.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        public var pubtoken: String?
        public var validate_observed: Int
        public var hostkey: String?
        public var pubtoken_fingerprint: String?
        public var hostkey_fingerprints: [String]
        public var rotate_observed: Int
        public var rotation: KeyRotation?

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, pubtoken: String? = nil, validate_observed: Int = 0, hostkey: String? = nil,
            pubtoken_fingerprint: String? = nil, hostkey_fingerprints: [String] = [], rotate_observed: Int = 0,
            rotation: KeyRotation? = nil
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.pubtoken = pubtoken
            self.validate_observed = validate_observed
            self.hostkey = hostkey
            self.pubtoken_fingerprint = pubtoken_fingerprint
            self.hostkey_fingerprints = hostkey_fingerprints
            self.rotate_observed = rotate_observed
            self.rotation = rotation
        }
    }
}
