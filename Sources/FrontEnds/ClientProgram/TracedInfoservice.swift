import ClientCommands
import InfoserviceAPI
import VC3Model

/// An Infoservice whose every operation is told on standard error, with how long it took. Contents are not told.
struct TracedInfoservice: EntityReader, EntityWriter, EntityWatcher {
    private let wrapped: any Infoservice
    private let console: Console

    init(_ wrapped: any Infoservice, console: Console) {
        self.wrapped = wrapped
        self.console = console
    }

    func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try await told("read \(kind.rawValue) \(name)") { try await wrapped.record(kind, name) }
    }

    func records(_ kind: EntityKind, matching filter: EntityFilter, page: ListPage) async throws -> RecordList {
        try await told("list \(kind.rawValue)") { try await wrapped.records(kind, matching: filter, page: page) }
    }

    func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream {
        let names = kinds.map(\.rawValue).sorted().joined(separator: ",")
        return try await told("watch \(names) after \(revision)") { try await wrapped.watch(kinds, after: revision) }
    }

    func create(_ draft: EntityDraft) async throws -> EntityRecord {
        try await told("create \(draft.kind.rawValue) \(draft.name)") { try await wrapped.create(draft) }
    }

    func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await told("replace spec of \(kind.rawValue) \(name)") {
            try await wrapped.replaceSpec(kind, name, with: spec, expecting: expected)
        }
    }

    func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        try await told("change spec of \(kind.rawValue) \(name)") {
            try await wrapped.patchSpec(kind, name, with: patch, expecting: expected)
        }
    }

    func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await told("replace status of \(kind.rawValue) \(name)") {
            try await wrapped.replaceStatus(kind, name, with: status, expecting: expected)
        }
    }

    func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        try await told("delete \(kind.rawValue) \(name)\(cascade ? " and what refers to it" : "")") {
            try await wrapped.delete(kind, name, cascade: cascade)
        }
    }

    func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        try await told("remove \(kind.rawValue) \(name)") {
            try await wrapped.remove(kind, name, expecting: expected)
        }
    }

    private func told<Result>(_ what: String, _ body: () async throws -> Result) async throws -> Result {
        let start = ContinuousClock.now
        do {
            let result = try await body()
            console.note("info: \(what): \((ContinuousClock.now - start).inMilliseconds) ms")
            return result
        } catch {
            console.note("info: \(what): \((ContinuousClock.now - start).inMilliseconds) ms, \(error)")
            throw error
        }
    }
}
