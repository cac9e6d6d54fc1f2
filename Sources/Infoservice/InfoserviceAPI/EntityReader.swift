public import VC3Model

/// Entities of one kind at one moment of the store.
public struct RecordList: Sendable, Codable, Equatable {
    public var items: [EntityRecord]
    /// The revision that the list shows; watch from here to see everything that comes after.
    public var revision: Revision

    public init(items: [EntityRecord], revision: Revision) {
        self.items = items
        self.revision = revision
    }
}

/// Reads entities. Every operation throws ``VC3Error``.
public protocol EntityReader: Sendable {
    /// - Throws: `notFound` when there is none; `forbidden` when the caller may not see it.
    func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord

    /// All that the caller may see, by name. An empty list is an answer; a failure throws.
    func records(_ kind: EntityKind) async throws -> RecordList
}
