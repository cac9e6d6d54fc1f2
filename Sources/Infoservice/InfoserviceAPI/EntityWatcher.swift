public import VC3Model

/// What a watch tells.
public enum WatchEvent: Sendable, Equatable {
    /// Created or written: the entity as it is since its revision.
    case changed(EntityRecord)
    /// Gone. The record is the last one, with the revision of the removal.
    case removed(EntityRecord)
    /// Nothing happened up to this revision; the connection lives.
    case heartbeat(Revision)

    public var revision: Revision {
        switch self {
        case .changed(let record), .removed(let record): record.metadata.revision
        case .heartbeat(let revision): revision
        }
    }
}

public typealias WatchStream = AsyncThrowingStream<WatchEvent, any Error>

public protocol EntityWatcher: Sendable {
    /// Everything that happens to entities of `kinds` after `revision`, in revision order.
    ///
    /// No event is skipped and none is repeated. The stream ends with an error when the connection is lost or the
    /// watcher was too slow (`unavailable`); resume from the last revision seen. `compacted` says that history no
    /// longer reaches back that far: list again.
    ///
    /// - Throws: `invalid` for a revision in the future.
    func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream
}

/// All that a part of the system needs of the Infoservice.
public typealias Infoservice = EntityReader & EntityWriter & EntityWatcher
