import InfoserviceAPI
import VC3Model

/// Writes that will become durable together: each sees those before it, and a refused one leaves no trace.
struct Batch {
    /// What one revision did, for the audit trail.
    struct Step: Sendable {
        var event: WatchEvent
        var previous: EntityRecord?
        var author: Author
    }

    /// What came of the writes. Holds nothing of the store's contents, which can be changed in place then.
    struct Outcome: Sendable {
        var steps: [Step] = []
        var revision: Revision
        let moment: Timestamp
        /// What the persistence keeps of them.
        var stored = StoredBatch([], audit: [])
        /// Why one of them could not be encoded; none can be kept then.
        var failure: (any Error)?
    }

    private(set) var outcome: Outcome
    private var view: StoreView
    private let codec: RecordCodec

    init(_ view: StoreView, revision: Revision, codec: RecordCodec) {
        self.view = view
        self.codec = codec
        outcome = Outcome(revision: revision, moment: view.moment)
    }

    mutating func apply(_ mutation: Mutation) -> Result<EntityRecord, any Error> {
        Result {
            let changes = try mutation.decide(view[mutation.key], view)
            if let missing = changes.first(where: { $0.change == .remove && view[$0.key] == nil }) {
                throw VC3Error(.internal, "a write decided to remove \(missing.key), which does not exist")
            }
            var answer: EntityRecord?
            for change in changes {
                let record = apply(change, by: mutation.author)
                if change.key == mutation.key { answer = record }
            }
            guard let answer else { throw VC3Error(.internal, "a write decided nothing about \(mutation.key)") }
            return answer
        }
    }

    /// - Returns: The entity as it is now, or was last.
    private mutating func apply(_ change: EntityChange, by author: Author) -> EntityRecord? {
        let current = view[change.key]
        switch change.change {
        case .put(let content):
            guard let record = written(content, over: current, key: change.key) else { return current }
            outcome.revision = record.metadata.revision
            view.set(change.key, record)
            add(Step(event: .changed(record), previous: current, author: author))
            return record
        case .remove:
            guard var record = current else { return nil }
            outcome.revision = outcome.revision.next
            record.metadata.revision = outcome.revision
            record.metadata.updated = view.moment
            view.set(change.key, nil)
            add(Step(event: .removed(record), previous: current, author: author))
            return record
        }
    }

    private mutating func add(_ step: Step) {
        outcome.steps.append(step)
        guard let (record, isRemoval) = step.event.change else { return }
        do {
            outcome.stored.changes.append(
                StoredChange(
                    revision: record.metadata.revision, key: record.key, isRemoval: isRemoval, moment: view.moment,
                    body: try codec.encode(record)))
            outcome.stored.replaced.append(step.previous?.metadata.revision)
            outcome.stored.audit.append(
                AuditEntry(of: record, over: step.previous, isRemoval: isRemoval, by: step.author, at: view.moment))
        } catch { outcome.failure = error }
    }

    /// `nil` when nothing changes.
    private func written(_ content: EntityContent, over current: EntityRecord?, key: EntityKey) -> EntityRecord? {
        guard var record = current else {
            let metadata = EntityMetadata(
                kind: key.kind, name: key.name, revision: outcome.revision.next, generation: 1, owner: content.owner,
                created: view.moment, updated: view.moment,
                deleting: content.isDeleting ? view.moment : nil)
            return EntityRecord(metadata: metadata, spec: content.spec, status: content.status)
        }
        if content == EntityContent(record) { return nil }
        if content.spec != record.spec { record.metadata.generation += 1 }
        if content.isDeleting, record.metadata.deleting == nil { record.metadata.deleting = view.moment }
        record.metadata.owner = content.owner
        record.metadata.revision = outcome.revision.next
        record.metadata.updated = view.moment
        record.spec = content.spec
        record.status = content.status
        return record
    }
}
