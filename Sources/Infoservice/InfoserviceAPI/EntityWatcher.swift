public import VC3Model

/// What a watch tells.
public enum WatchEvent: Sendable, Equatable {
    /// Created or written: the entity as it is since its revision.
    case changed(EntityRecord)
    /// Nothing was written to it, but since this revision the watcher may see it, or is in another relation to it: a
    /// project began to share it. The entity is as it is since its own, earlier revision. On the wire it is `changed`.
    case shared(EntityRecord, at: Revision)
    /// Gone, or no longer to be seen by this watcher. The record is the last one, with the revision of the removal.
    case removed(EntityRecord)
    /// Nothing happened up to this revision; the connection lives.
    case heartbeat(Revision)

    public var revision: Revision {
        switch self {
        case .changed(let record), .removed(let record): record.metadata.revision
        case .shared(_, let revision), .heartbeat(let revision): revision
        }
    }
}

public typealias WatchStream = AsyncThrowingStream<WatchEvent, any Error>

public protocol EntityWatcher: Sendable {
    /// Everything that happens to entities of `kinds` after `revision`, in revision order.
    ///
    /// What a change of sharing shows or hides comes as ``WatchEvent/shared(_:at:)`` and ``WatchEvent/removed(_:)``
    /// just before the revision of that change.
    ///
    /// No event is skipped and none is repeated within a stream. The stream ends with an error when the connection is lost or the
    /// watcher was too slow (`unavailable`); resume from the last revision seen. `compacted` says that history no
    /// longer reaches back that far: list again.
    ///
    /// - Throws: `invalid` for a revision in the future.
    func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream
}

/// All that a part of the system needs of the Infoservice.
public typealias Infoservice = EntityReader & EntityWriter & EntityWatcher
