/// One pilot. Fields: ``KindSchema``. Its name is its ``PilotID``.
public enum Pilot: EntityType {
    public static let kind = EntityKind.pilot

    /// What it was made for.
    public struct Spec: Codable, Sendable, Equatable {
        public var pilotset: String
        public var request: String
        public var allocation: String
        public var resource: String

        public init(pilotset: String, request: String, allocation: String, resource: String) {
            self.pilotset = pilotset
            self.request = request
            self.allocation = allocation
            self.resource = resource
        }
    }

    /// What was observed.
    public struct Status: Codable, Sendable, Equatable {
        /// ``PilotPhase``.
        public var state = "new"
        public var state_reason: String?
        public var conditions: [Condition] = []
        public var observed_generation = 0
        public var timeline: [String: Timestamp] = [:]
        public var job: String?
        public var host: String?
        public var retiring: String?
        public var end: String?
        public var cause: String?
        public var exit_code: Int?
        public var signal: Int?
        public var last_lines: [String] = []
        public var factory: String?

        public init() {}

        /// The timeline in the order of a pilot's life.
        public var steps: [(phase: PilotPhase, at: Timestamp)] {
            PilotPhase.allCases.compactMap { phase in timeline[phase.rawValue].map { (phase, $0) } }
        }
    }
}
