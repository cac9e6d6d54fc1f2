/// A template: the nodesets that make a virtual cluster. Fields: ``KindSchema``.
public enum Cluster: EntityType {
    public static let kind = EntityKind.cluster

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var nodesets: [String]
        public var `public`: Bool

        public init(nodesets: [String] = [], public: Bool = false) {
            self.nodesets = nodesets
            self.public = `public`
        }
    }

    public typealias Status = PlainStatus
}
