/// The status of kinds about which there is little to observe.
public struct PlainStatus: Codable, Sendable, Equatable {
    public var state: String
    public var state_reason: String?
    public var conditions: [Condition]
    public var observed_generation: Int

    public init(
        state: String = "new", state_reason: String? = nil, conditions: [Condition] = [], observed_generation: Int = 0
    ) {
        self.state = state
        self.state_reason = state_reason
        self.conditions = conditions
        self.observed_generation = observed_generation
    }
}
