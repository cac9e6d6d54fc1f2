/// A question for a pilot's output and its answer. Fields: ``KindSchema``.
public enum PilotLog: EntityType {
    public static let kind = EntityKind.pilotlog
    /// How long the Factory keeps what nobody has taken away.
    public static let lifetime = Duration.seconds(600)
    public static let mostLines = 1000

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var pilot: String
        public var lines: Int

        public init(pilot: String, lines: Int = 200) {
            self.pilot = pilot
            self.lines = lines
        }
    }

    /// What the Factory answered.
    public struct Status: Codable, Sendable, Equatable {
        public var state = "new"
        public var state_reason: String?
        public var conditions: [Condition] = []
        public var observed_generation = 0
        public var text: String?

        public init() {}
    }
}
