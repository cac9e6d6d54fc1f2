public import Foundation
public import VC3Model

/// One durable change: an entity as it is since `revision`, or its removal.
public struct StoredChange: Sendable, Equatable {
    public var revision: Revision
    public var key: EntityKey
    public var isRemoval: Bool
    /// When it was made; history is kept by count and by age.
    public var moment: Timestamp
    /// The encoded record, its secrets sealed. For a removal, the last record with the revision of the removal.
    public var body: Data

    public init(revision: Revision, key: EntityKey, isRemoval: Bool, moment: Timestamp, body: Data) {
        self.revision = revision
        self.key = key
        self.isRemoval = isRemoval
        self.moment = moment
        self.body = body
    }
}

/// Everything that survived the last stop, however it came about.
public struct StoredState: Sendable, Equatable {
    /// The encoded records of all entities, in any order.
    public var entities: [Data]
    /// Changes after ``compacted``, in revision order.
    public var history: [StoredChange]
    public var revision: Revision
    /// History up to and including this revision is gone.
    public var compacted: Revision

    public init(
        entities: [Data] = [], history: [StoredChange] = [], revision: Revision = .zero, compacted: Revision = .zero
    ) {
        self.entities = entities
        self.history = history
        self.revision = revision
        self.compacted = compacted
    }
}

/// Where an ``EntityStore`` keeps its changes. Sees encoded and sealed records only.
///
/// One store uses it at a time, and never calls ``commit(_:compactingThrough:)`` twice at once.
public protocol Persistence: Sendable {
    func load() async throws -> StoredState

    /// Makes all changes durable, or none. Returns only when a power failure can no longer undo them.
    ///
    /// Not stopped by cancellation: the changes belong to many callers. After a throw the store asks ``revision()``
    /// which of the two happened.
    ///
    /// - Parameters:
    ///   - changes: In revision order, each the successor of the one before.
    ///   - compacted: When set, history up to and including this revision is dropped in the same step.
    func commit(_ changes: [StoredChange], compactingThrough compacted: Revision?) async throws

    /// The revision of the last durable change.
    func revision() async throws -> Revision

    /// Lets go of files and locks. Nothing may be called afterwards.
    func close() async throws
}
