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

/// What becomes durable in one step.
public struct StoredBatch: Sendable, Equatable {
    /// At least one, in revision order, each the successor of the one before.
    public var changes: [StoredChange]
    /// For each change, the revision of the entity before it; `nil` when there was none.
    public var replaced: [Revision?] = []
    /// One entry for each change.
    public var audit: [AuditEntry]
    /// When set, history up to and including this revision is dropped.
    public var compacted: Revision?
    /// When set, entries of the audit trail that are older than either are dropped, now or a little later.
    public var auditExpiry: AuditExpiry?
    /// Tells this batch from every other.
    public let mark = UUID().uuidString

    public init(
        _ changes: [StoredChange], audit: [AuditEntry], compactingThrough compacted: Revision? = nil,
        auditExpiry: AuditExpiry? = nil
    ) {
        self.changes = changes
        self.audit = audit
        self.compacted = compacted
        self.auditExpiry = auditExpiry
    }

    /// The revision that the store has afterwards; 0 of an empty batch.
    public var last: Revision { changes.last?.revision ?? .zero }
}

/// The end of the audit trail's life.
public struct AuditExpiry: Sendable, Equatable {
    public var through: Revision
    public var before: Timestamp
}

/// Where an ``EntityStore`` keeps its changes. Sees encoded and sealed records only.
///
/// One store uses it at a time, and never calls ``commit(_:)`` twice at once; see ``SharedPersistence`` for more.
public protocol Persistence: Sendable {
    func load() async throws -> StoredState

    /// Makes all of the batch durable, or nothing. Returns only when a power failure can no longer undo it.
    ///
    /// Not stopped by cancellation: the changes belong to many callers. After a throw the store asks
    /// ``isCommitted(_:)`` which of the two happened.
    func commit(_ batch: StoredBatch) async throws

    /// Replaces bodies that are kept already, all or none, and makes that durable: the same records, sealed anew.
    ///
    /// Never called while a commit of this process is under way.
    ///
    /// - Parameters:
    ///   - entities: One is left alone when the entity has another revision by now, or is gone.
    ///   - history: One is left alone when its revision has been dropped.
    func rewrite(entities: [StoredChange], history: [StoredChange]) async throws

    /// Whether the batch whose commit threw is durable after all.
    ///
    /// - Throws: When that cannot be told.
    func isCommitted(_ batch: StoredBatch) async throws -> Bool

    /// Entries of the audit trail, newest first.
    func audit(_ query: AuditQuery) async throws -> AuditPage

    /// Lets go of files and locks. Nothing may be called afterwards.
    func close() async throws
}

extension Persistence {
    /// The answer of ``isCommitted(_:)`` where nobody else writes.
    func isCommitted(_ batch: StoredBatch, at revision: Revision) throws -> Bool {
        if revision == batch.last { return true }
        if let first = batch.changes.first, revision.next == first.revision { return false }
        throw VC3Error(.internal, "the store is at revision \(revision), which no write of this process explains")
    }
}
