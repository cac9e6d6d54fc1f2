/// A secret that pilots' sites or head nodes need. Fields: ``KindSchema``.
public enum PrivateToken: EntityType {
    public static let kind = EntityKind.privatetoken

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var data: String
        public var type: String

        public init(data: String, type: String) {
            self.data = data
            self.type = type
        }
    }

    /// What the Factory sees in it, which alone can read it.
    public struct Status: Codable, Sendable, Equatable {
        public var state: String
        public var state_reason: String?
        public var conditions: [Condition]
        public var observed_generation: Int
        /// When it ends; `nil`: it does not say.
        public var expires: Timestamp?

        public init(
            state: String = "new", state_reason: String? = nil, conditions: [Condition] = [],
            observed_generation: Int = 0, expires: Timestamp? = nil
        ) {
            self.state = state
            self.state_reason = state_reason
            self.conditions = conditions
            self.observed_generation = observed_generation
            self.expires = expires
        }
    }
}
