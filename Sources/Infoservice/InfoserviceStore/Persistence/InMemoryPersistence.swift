import Foundation
public import VC3Model

/// Keeps changes only as long as it exists: for tests and for trying things out.
public actor InMemoryPersistence: Persistence {
    private var entities: [EntityKey: Data] = [:]
    private var history: [StoredChange] = []
    private var last = Revision.zero
    private var compacted = Revision.zero

    public init() {}

    public func load() -> StoredState {
        StoredState(entities: Array(entities.values), history: history, revision: last, compacted: compacted)
    }

    public func commit(_ changes: [StoredChange], compactingThrough compacted: Revision?) {
        for change in changes {
            entities[change.key] = change.isRemoval ? nil : change.body
            last = change.revision
        }
        history += changes
        if let compacted {
            history.removeAll { $0.revision <= compacted }
            self.compacted = compacted
        }
    }

    public func revision() -> Revision { last }

    public func close() {}
}
