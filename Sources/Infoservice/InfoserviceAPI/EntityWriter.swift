public import VC3Model

/// An entity that does not exist yet.
public struct EntityDraft: Sendable, Codable, Equatable {
    public var kind: EntityKind
    public var name: String
    /// `nil`: the caller becomes the owner.
    public var owner: String?
    public var spec: JSONValue

    public init(kind: EntityKind, name: String, owner: String? = nil, spec: JSONValue) {
        self.kind = kind
        self.name = name
        self.owner = owner
        self.spec = spec
    }
}

/// Changes entities. Every operation throws ``VC3Error``; nothing is ever half written.
///
/// An operation whose answer was lost may have been carried out: read again before repeating it.
public protocol EntityWriter: Sendable {
    /// - Throws: `exists`, `invalid`, `forbidden`.
    func create(_ draft: EntityDraft) async throws -> EntityRecord

    /// Replaces the whole spec if the stored revision is still `expected`.
    ///
    /// - Throws: `conflict` when somebody else wrote in between, `notFound`, `invalid`, `forbidden`.
    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord

    /// Applies a JSON merge patch (RFC 7396) to the spec, at whatever revision unless one is expected.
    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord

    /// Replaces the whole status; only the kind's status writer may.
    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord

    /// Marks for deletion, or removes at once when the kind has no finalizer. Repeating it changes nothing.
    ///
    /// - Parameter cascade: Deletes what refers to it as well, and what refers to that, all in one step or nothing.
    ///   Projects are not deleted for naming a member or an allocation: the name is taken out of them.
    /// - Throws: `notFound`; `forbidden`, with `cascade` also when the caller may not change one of the others; without
    ///   it `inUse`, whose `problems` name each entity that refers to it.
    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws

    /// Removes an entity that is marked for deletion, once its finalizer has torn everything down.
    ///
    /// - Throws: `forbidden` for all but the kind's finalizer, `conflict` when it is not marked or was written since.
    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws
}

extension EntityWriter {
    /// Deletes what nothing refers to.
    public func delete(_ kind: EntityKind, _ name: String) async throws {
        try await delete(kind, name, cascade: false)
    }
}
