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

    public typealias Status = PlainStatus
}
