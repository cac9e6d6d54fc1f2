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

    private(set) var steps: [Step] = []
    private(set) var revision: Revision
    let moment: Timestamp
    /// What these writes, and those whose commit is under way, make of the store.
    private var differences: StoreView.Differences

    /// - Parameter committing: What becomes durable before this batch, and is not in the contents yet.
    init(after revision: Revision, at moment: Timestamp, committing: [Step] = []) {
        self.revision = revision
        self.moment = moment
        differences = [:]
        for step in committing {
            guard let (record, isRemoval) = step.event.change else { continue }
            differences[record.metadata.kind, default: [:]].updateValue(isRemoval ? nil : record, forKey: record.name)
        }
    }

    /// What they did, each with its time.
    var changes: [(event: WatchEvent, moment: Timestamp)] { steps.map { ($0.event, moment) } }

    mutating func apply(
        _ mutation: Mutation, to contents: [EntityKind: [String: EntityRecord]], _ index: EntityIndex
    ) -> Result<EntityRecord, any Error> {
        var view = StoreView(contents: contents, index: index, differences: differences, moment: moment)
        // The view alone holds them while they change, so that changing them copies nothing.
        differences = [:]
        defer { differences = view.differences }
        return Result {
            let changes = try mutation.decide(view[mutation.key], view)
            if let missing = changes.first(where: { $0.change == .remove && view[$0.key] == nil }) {
                throw VC3Error(.internal, "a write decided to remove \(missing.key), which does not exist")
            }
            var answer: EntityRecord?
            for change in changes {
                let record = apply(change, by: mutation.author, to: &view)
                if change.key == mutation.key { answer = record }
            }
            guard let answer else { throw VC3Error(.internal, "a write decided nothing about \(mutation.key)") }
            return answer
        }
    }

    /// - Returns: The entity as it is now, or was last.
    private mutating func apply(_ change: EntityChange, by author: Author, to view: inout StoreView) -> EntityRecord? {
        let current = view[change.key]
        switch change.change {
        case .put(let content):
            guard let record = written(content, over: current, key: change.key) else { return current }
            revision = record.metadata.revision
            view.set(change.key, record)
            steps.append(Step(event: .changed(record), previous: current, author: author))
            return record
        case .remove:
            guard var record = current else { return nil }
            revision = revision.next
            record.metadata.revision = revision
            record.metadata.updated = moment
            view.set(change.key, nil)
            steps.append(Step(event: .removed(record), previous: current, author: author))
            return record
        }
    }

    /// `nil` when nothing changes.
    private func written(_ content: EntityContent, over current: EntityRecord?, key: EntityKey) -> EntityRecord? {
        guard var record = current else {
            let metadata = EntityMetadata(
                kind: key.kind, name: key.name, revision: revision.next, generation: 1, owner: content.owner,
                created: moment, updated: moment, deleting: content.isDeleting ? moment : nil)
            return EntityRecord(metadata: metadata, spec: content.spec, status: content.status)
        }
        if content == EntityContent(record) { return nil }
        if content.spec != record.spec { record.metadata.generation += 1 }
        if content.isDeleting, record.metadata.deleting == nil { record.metadata.deleting = moment }
        record.metadata.owner = content.owner
        record.metadata.revision = revision.next
        record.metadata.updated = moment
        record.spec = content.spec
        record.status = content.status
        return record
    }
}
