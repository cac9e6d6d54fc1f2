import AsyncHTTPClient
import Foundation
public import InfoserviceAPI
import NIOCore
import NIOHTTP1
public import VC3Model
public import VC3Transport

/// An Infoservice at the other end of a mutual-TLS connection.
///
/// Reads are repeated while the server cannot be reached; writes never are, because one whose answer was lost may have
/// been carried out: it throws `unavailable`, and the caller reads before it decides again. A watch resumes by itself.
/// Call ``shutdown()`` when done; one that is dropped closes its connections in the background.
public struct RemoteInfoservice: EntityReader, EntityWriter, EntityWatcher {
    private let endpoint: Endpoint

    /// - Throws: ``VC3Error`` `invalid` when a file cannot be read.
    public init(
        host: String, port: Int, certificateFile: String, keyFile: String, trustedFile: String,
        timeouts: Timeouts = Timeouts()
    ) throws {
        self.init(
            host: host, port: port,
            credentials: try TLSCredentials(
                certificateFile: certificateFile, keyFile: keyFile, trustedFile: trustedFile),
            timeouts: timeouts)
    }

    public init(host: String, port: Int, credentials: TLSCredentials, timeouts: Timeouts = Timeouts()) {
        let client = MutualTLSClient(credentials, connectTimeout: timeouts.connect, silence: timeouts.silence)
        endpoint = Endpoint(host: host, port: port, client: client, timeouts: timeouts)
    }

    /// Closes all connections, watches included. Nothing may be called afterwards.
    public func shutdown() async throws { try await endpoint.client.shutdown() }

    // MARK: Reading

    public func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try await decoded(endpoint.sendRepeatedly(endpoint.request(.GET, ["v1", kind.rawValue, name])))
    }

    public func records(
        _ kind: EntityKind, matching filter: EntityFilter, page: ListPage
    ) async throws -> RecordList {
        let query = Endpoint.query(ListQuery(filter: filter, page: page).parameters)
        return try await decoded(endpoint.sendRepeatedly(endpoint.request(.GET, ["v1", kind.rawValue], query: query)))
    }

    public func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream {
        let watch = RemoteWatch(endpoint: endpoint, kinds: kinds, after: revision)
        try await watch.begin()
        return WatchStream { try await watch.next() }
    }

    // MARK: Writing

    public func create(_ draft: EntityDraft) async throws -> EntityRecord {
        var body: JSONValue = ["name": .string(draft.name), "spec": draft.spec]
        if let owner = draft.owner { body["owner"] = .string(owner) }
        return try await write(.POST, ["v1", draft.kind.rawValue], body)
    }

    public func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await write(.PUT, ["v1", kind.rawValue, name], ["spec": spec], expecting: expected)
    }

    public func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        try await write(
            .PATCH, ["v1", kind.rawValue, name], ["spec": patch], type: "application/merge-patch+json",
            expecting: expected)
    }

    public func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await write(.PUT, ["v1", kind.rawValue, name, "status"], ["status": status], expecting: expected)
    }

    public func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        let query = Endpoint.query(cascade ? [("cascade", "true")] : [])
        _ = try await endpoint.send(endpoint.request(.DELETE, ["v1", kind.rawValue, name], query: query))
    }

    public func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        var request = endpoint.request(.POST, ["v1", kind.rawValue, name, "remove"])
        request.headers.add(name: "If-Match", value: "\"\(expected)\"")
        _ = try await endpoint.send(request)
    }

    private func write(
        _ method: HTTPMethod, _ path: [String], _ body: JSONValue, type: String = "application/json",
        expecting expected: Revision? = nil
    ) async throws -> EntityRecord {
        var request = endpoint.request(method, path)
        request.headers.add(name: "Content-Type", value: type)
        if let expected { request.headers.add(name: "If-Match", value: "\"\(expected)\"") }
        request.body = .bytes(ByteBuffer(bytes: try body.data()))
        return try await decoded(endpoint.send(request))
    }

    private func decoded<Value: Decodable>(_ body: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: body)
        } catch {
            throw VC3Error(
                .internal,
                "the answer of \(endpoint.host):\(endpoint.port) is not understood; is it of another release?",
                cause: error)
        }
    }
}
