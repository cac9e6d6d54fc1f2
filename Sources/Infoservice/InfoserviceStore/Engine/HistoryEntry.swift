import InfoserviceAPI
public import VC3Model

/// One change, with what a watcher that may not see everything must know of it.
struct HistoryEntry: Sendable {
    /// A change or a removal.
    let event: WatchEvent
    let moment: Timestamp
    /// The entity before; `nil` when it was made, or when that is no longer known.
    let previous: EntityRecord?
    let sharing: Sharing

    /// Who could see the entity before and after, and what else is shared differently since.
    struct Sharing: Sendable {
        /// `nil` while it did not exist.
        var before: Audience?
        var after: Audience?
        /// `nil`: too many to tell one by one.
        var others: [Effect]? = []

        /// Of changes that came from an earlier run of the store, so that nobody asks.
        static let unknown = Sharing()
    }

    /// An entity that was not written, but is shared differently.
    struct Effect: Sendable {
        let record: EntityRecord
        let before: Audience
        let after: Audience
    }

    /// Whether a watcher of `kinds` may have to hear of it.
    func concerns(_ kinds: Set<EntityKind>) -> Bool {
        if let kind = event.kind, kinds.contains(kind) { return true }
        guard let others = sharing.others else { return true }
        return others.contains { kinds.contains($0.record.metadata.kind) }
    }
}

/// What one watcher may see.
public struct Visibility: Sendable {
    /// Whether ``show`` goes by who shares what; when not, it ignores the audience.
    public let dependsOnSharing: Bool
    /// What the watcher sees of a record; `nil` hides it.
    public let show: @Sendable (EntityRecord, Audience) -> EntityRecord?

    public init(
        dependsOnSharing: Bool, show: @escaping @Sendable (EntityRecord, Audience) -> EntityRecord?
    ) {
        self.dependsOnSharing = dependsOnSharing
        self.show = show
    }

    /// Everything.
    public static let complete = Visibility(dependsOnSharing: false) { record, _ in record }
}
