public import VC3Model

/// Entities of one kind at one moment of the store.
public struct RecordList: Sendable, Codable, Equatable {
    public var items: [EntityRecord]
    /// The revision that the list shows; watch from here to see everything that comes after.
    public var revision: Revision
    /// Opaque: where the next page begins; `nil` when this is the last one. On the wire `continue`.
    public var continuation: String?

    public init(items: [EntityRecord], revision: Revision, continuation: String? = nil) {
        self.items = items
        self.revision = revision
        self.continuation = continuation
    }

    private enum CodingKeys: String, CodingKey {
        case items, revision
        case continuation = "continue"
    }
}

/// Reads entities. Every operation throws ``VC3Error``.
public protocol EntityReader: Sendable {
    /// - Throws: `notFound` when there is none; `forbidden` when the caller may not see it.
    func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord

    /// Those that match and that the caller may see, by name. An empty list is an answer; a failure throws.
    ///
    /// All pages of one list show the store at the revision of the first one, whatever is written meanwhile.
    ///
    /// - Throws: `compacted` when that revision can no longer be shown: begin again. `invalid` for a continuation that
    ///   is not of this list.
    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) async throws -> RecordList
}

extension EntityReader {
    /// All that the caller may see and that match, by name.
    public func records(_ kind: EntityKind, matching filter: EntityFilter = .all) async throws -> RecordList {
        try await records(kind, matching: filter, page: .whole)
    }
}
