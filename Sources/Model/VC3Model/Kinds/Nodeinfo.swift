/// The size of one worker. Fields: ``KindSchema``.
public enum Nodeinfo: EntityType {
    public static let kind = EntityKind.nodeinfo

    /// What its owner wants.
    public struct Spec: Codable, Sendable, Equatable {
        public var cores: Int
        public var memory_mb: Int
        public var storage_mb: Int

        public init(cores: Int = 1, memory_mb: Int = 1024, storage_mb: Int = 1024) {
            self.cores = cores
            self.memory_mb = memory_mb
            self.storage_mb = storage_mb
        }
    }

    public typealias Status = PlainStatus
}
