/// People who share allocations. Fields: ``KindSchema``.
public enum Project: EntityType {
    public static let kind = EntityKind.project

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var members: [String]
        public var roles: [String: ProjectRole]
        public var allocations: [String]

        public init(members: [String] = [], roles: [String: ProjectRole] = [:], allocations: [String] = []) {
            self.members = members
            self.roles = roles
            self.allocations = allocations
        }
    }

    public typealias Status = PlainStatus
}
