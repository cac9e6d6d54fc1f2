import InfoserviceAPI
import VC3Model

@testable import Factory

/// A Factory's way to the Infoservice, on which requests and answers are lost.
struct FakeInfoservice: EntityReader, EntityWriter, EntityWatcher {
    let store: InMemoryInfoservice
    let world: FakeWorld
    let caller: FakeWorld.Caller
    /// The condition of writes.
    var fence: Fence?

    private func ask<Answer: Sendable>(
        under fence: Fence? = nil, _ request: @Sendable (isolated InMemoryInfoservice) throws -> Answer
    ) async throws -> Answer {
        try await world.storeBegins(caller)
        let answer = try await store.fenced(by: fence, request)
        try await world.storeEnds(caller)
        return answer
    }

    func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try await ask { try $0.record(kind, name) }
    }
    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) async throws -> RecordList {
        try await ask { $0.records(kind, matching: filter, page: page) }
    }
    func create(_ draft: EntityDraft) async throws -> EntityRecord {
        try await ask(under: fence) { try $0.create(draft) }
    }
    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await ask(under: fence) { try $0.replaceSpec(kind, name, with: spec, expecting: expected) }
    }
    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        try await ask(under: fence) { try $0.patchSpec(kind, name, with: patch, expecting: expected) }
    }
    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await ask(under: fence) { try $0.replaceStatus(kind, name, with: status, expecting: expected) }
    }
    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        try await ask(under: fence) { try $0.delete(kind, name, cascade: cascade) }
    }
    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        try await ask(under: fence) { try $0.remove(kind, name, expecting: expected) }
    }
    func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream {
        throw VC3Error(.internal, "its history is read instead")
    }
}
