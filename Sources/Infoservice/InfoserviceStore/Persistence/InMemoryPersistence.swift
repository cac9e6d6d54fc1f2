import Foundation
import VC3Model

/// Keeps changes only as long as it exists: for tests and for trying things out.
public actor InMemoryPersistence: Persistence {
    private var entities: [EntityKey: Data] = [:]
    private var history: [StoredChange] = []
    private var trail: [AuditEntry] = []
    private var last = Revision.zero
    private var compacted = Revision.zero

    public init() {}

    public func load() -> StoredState {
        StoredState(entities: Array(entities.values), history: history, revision: last, compacted: compacted)
    }

    public func commit(_ batch: StoredBatch) {
        for change in batch.changes {
            entities[change.key] = change.isRemoval ? nil : change.body
            last = change.revision
        }
        history += batch.changes
        trail += batch.audit
        if let compacted = batch.compacted {
            history.removeAll { $0.revision <= compacted }
            self.compacted = compacted
        }
        if let expiry = batch.auditExpiry {
            trail.removeAll { $0.revision <= expiry.through || $0.time < expiry.before }
        }
    }

    public func rewrite(entities changed: [StoredChange], history rewritten: [StoredChange]) {
        for change in changed where entities[change.key] != nil { entities[change.key] = change.body }
        let bodies = Dictionary(rewritten.map { ($0.revision, $0.body) }) { $1 }
        for index in history.indices { history[index].body = bodies[history[index].revision] ?? history[index].body }
    }

    public func isCommitted(_ batch: StoredBatch) throws -> Bool { try isCommitted(batch, at: last) }

    public func audit(_ query: AuditQuery) -> AuditPage { query.page(of: trail) }

    public func close() {}
}
