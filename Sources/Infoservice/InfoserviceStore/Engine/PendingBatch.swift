import InfoserviceAPI
import Synchronization
import VC3Model

/// The writes of the next commit. They are decided and encoded as they come, while the commit before is being flushed.
struct PendingBatch {
    private(set) var batch: Batch
    private(set) var writes: [PendingWrite] = []
    private(set) var results: [Result<EntityRecord, any Error>] = []
    private(set) var stored = StoredBatch([], audit: [])
    /// Why one of them could not be encoded.
    private(set) var failure: (any Error)?

    init(_ batch: Batch) { self.batch = batch }

    var isEmpty: Bool { writes.isEmpty }

    /// Takes a write that is decided later.
    mutating func add(_ write: PendingWrite) { writes.append(write) }

    /// Decides those that are not yet decided.
    mutating func decide(
        on contents: [EntityKind: [String: EntityRecord]], _ index: EntityIndex, encodingWith codec: RecordCodec
    ) {
        while results.count < writes.count {
            let known = batch.steps.count
            results.append(batch.apply(writes[results.count].mutation, to: contents, index))
            do {
                for step in batch.steps[known...] { try encode(step, with: codec) }
            } catch { failure = error }
        }
    }

    /// Forgets what was decided: to be decided again on `batch`.
    mutating func restart(on batch: Batch) {
        let writes = writes
        self = PendingBatch(batch)
        self.writes = writes
    }

    /// What history and the audit trail lose with this commit.
    mutating func compact(through compacted: Revision?, auditExpiry: AuditExpiry?) {
        stored.compacted = compacted
        stored.auditExpiry = auditExpiry
    }

    private mutating func encode(_ step: Batch.Step, with codec: RecordCodec) throws {
        guard let (record, isRemoval) = step.event.change else { return }
        stored.changes.append(
            StoredChange(
                revision: record.metadata.revision, key: record.key, isRemoval: isRemoval, moment: batch.moment,
                body: try codec.encode(record)))
        stored.replaced.append(step.previous?.metadata.revision)
        stored.audit.append(
            AuditEntry(of: record, over: step.previous, isRemoval: isRemoval, by: step.author, at: batch.moment))
    }

    /// Tells each writer how it went.
    ///
    /// - Parameter failure: Everyone's; `nil`: each has its own result.
    func settle(_ failure: VC3Error?) {
        for (index, write) in writes.enumerated() {
            write.settle(failure.map { .failure($0) } ?? results[index])
        }
    }
}

/// A write whose result is awaited.
final class PendingWrite: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<EntityRecord, any Error>)
        case settled(Result<EntityRecord, any Error>)
    }

    let mutation: Mutation
    private let state = Mutex(State.open)

    init(_ mutation: Mutation) { self.mutation = mutation }

    /// Read once.
    var value: EntityRecord {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<EntityRecord, any Error>? = state.withLock { state in
                    if case .settled(let result) = state { return result }
                    state = .awaited(continuation)
                    return nil
                }
                if let known { continuation.resume(with: known) }
            }
        }
    }

    func settle(_ result: Result<EntityRecord, any Error>) {
        let waiting: CheckedContinuation<EntityRecord, any Error>? = state.withLock { state in
            if case .awaited(let continuation) = state { return continuation }
            state = .settled(result)
            return nil
        }
        waiting?.resume(with: result)
    }
}
