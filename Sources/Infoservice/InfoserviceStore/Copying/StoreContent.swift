import VC3Model

/// A whole store at one moment: entities, history, audit trail, revisions. Secrets are sealed.
public struct StoreContent: Sendable, Equatable {
    public var state: StoredState
    /// In revision order.
    public var audit: [AuditEntry]

    public init(state: StoredState, audit: [AuditEntry]) {
        self.state = state
        self.audit = audit
    }

    var isEmpty: Bool { state.revision == .zero && state.entities.isEmpty && audit.isEmpty }

    /// The same records, sealed under another key.
    ///
    /// - Throws: ``VC3Error`` `internal` naming what `old` cannot open.
    func resealed(from old: RecordCodec, to new: RecordCodec) throws -> StoreContent {
        var content = self
        content.state.entities = try state.entities.map { try new.encode(old.decode($0)) }
        content.state.history = try state.history.map { change in
            var change = change
            change.body = try new.encode(old.decode(change.body))
            return change
        }
        return content
    }

    /// The refusal of a store that a copy was filling when it was interrupted.
    static func incomplete(_ location: String) -> VC3Error {
        VC3Error(
            .unavailable,
            "store '\(location)' is the unfinished target of a copy or restore that was interrupted; nothing in it can be"
                + " relied on: remove it, and copy again")
    }

    static func occupied(_ location: String) -> VC3Error {
        VC3Error(.exists, "store '\(location)' is not empty; a copy needs an empty or new one")
    }
}

/// A persistence that can be read and filled as a whole.
public protocol CopyablePersistence: Persistence {
    /// Everything at one moment.
    func content() async throws -> StoreContent

    /// Fills an empty store. While that is under way, and after a crash within, opening the store is refused.
    ///
    /// - Throws: ``VC3Error`` `exists` when the store is not empty.
    func fill(_ content: StoreContent) async throws
}
