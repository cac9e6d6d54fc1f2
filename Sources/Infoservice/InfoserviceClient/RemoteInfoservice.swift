import AsyncHTTPClient
import Foundation
public import InfoserviceAPI
import NIOCore
import NIOHTTP1
public import VC3Certificates
public import VC3Model
public import VC3Transport

/// An Infoservice at the other end of a mutual-TLS connection, or several replicas of one.
///
/// With several addresses, the one that answered last is asked until it fails; a watch goes on at another replica behind
/// the last revision that it saw. Reads are repeated while no server can be reached. Writes are repeated only when they
/// were certainly not carried out, or when repeating cannot do harm: one that expects a revision, and a create after a
/// look at whether the entity is there by now. Whatever else has lost its answer throws `unavailable`, and the caller
/// reads before it decides again. Call ``shutdown()`` when done; one that is dropped closes its connections in the
/// background.
public struct RemoteInfoservice: EntityReader, EntityWriter, EntityWatcher, RevocationHearing {
    let sender: Sender
    private let client: MutualTLSClient

    /// - Parameter revocationFile: Lists of what authorities have taken back, PEM; `nil`: nothing counts as taken back.
    /// - Throws: ``VC3Error`` `invalid` when a file cannot be read, or there is no address.
    public init(
        _ addresses: [ServiceAddress], certificateFile: String, keyFile: String, trustedFile: String,
        revocationFile: String? = nil, timeouts: Timeouts = Timeouts()
    ) throws {
        let credentials = try TLSCredentials(
            certificateFile: certificateFile, keyFile: keyFile, trustedFile: trustedFile)
        let revoked = try revocationFile.map { try credentials.revocationLists(inFile: $0) } ?? RevocationLists()
        try self.init(addresses, credentials: credentials, revoked: revoked, timeouts: timeouts)
    }

    /// - Throws: ``VC3Error`` `invalid` when there is no address.
    public init(
        _ addresses: [ServiceAddress], credentials: TLSCredentials, revoked: RevocationLists = RevocationLists(),
        timeouts: Timeouts = Timeouts()
    ) throws {
        guard !addresses.isEmpty else { throw VC3Error(.invalid, "no address of an Infoservice is given") }
        self.init(known: addresses, credentials, revoked, timeouts)
    }

    public init(host: String, port: Int, credentials: TLSCredentials, timeouts: Timeouts = Timeouts()) {
        self.init(known: [ServiceAddress(host: host, port: port)], credentials, RevocationLists(), timeouts)
    }

    private init(
        known addresses: [ServiceAddress], _ credentials: TLSCredentials, _ revoked: RevocationLists,
        _ timeouts: Timeouts
    ) {
        let client = MutualTLSClient(
            credentials, revoked: revoked, connectTimeout: timeouts.connect, silence: timeouts.silence)
        self.client = client
        sender = Sender(
            endpoints: addresses.map { Endpoint(address: $0, client: client, timeouts: timeouts) },
            health: EndpointHealth(count: addresses.count), timeouts: timeouts)
    }

    private init(sender: Sender, client: MutualTLSClient) {
        self.sender = sender
        self.client = client
    }

    /// The same service, asked for a user: with that user's rights and no others, over the same connections. For a portal,
    /// which serves many users; from anybody else the server takes no such request (`forbidden`).
    ///
    /// - Throws: ``VC3Error`` `invalid` for what cannot be a user's name.
    public func acting(for user: String) throws -> RemoteInfoservice {
        if let problem = EntityName.problem(with: user) {
            throw VC3Error(
                .invalid, "there can be no user '\(user)' to act for",
                problems: [.init(field: "user", problem: problem)])
        }
        var asking = sender
        for index in asking.endpoints.indices { asking.endpoints[index].actingFor = user }
        return RemoteInfoservice(sender: asking, client: client)
    }

    /// The same service, whose writes are refused with `conflict` from the moment at which the term of the lease is over.
    public func fenced(by fence: Fence) -> RemoteInfoservice {
        var asking = sender
        for index in asking.endpoints.indices { asking.endpoints[index].fence = fence }
        return RemoteInfoservice(sender: asking, client: client)
    }

    /// Shows this certificate on new connections from now on; requests and watches that run go on.
    ///
    /// - Throws: ``VC3Error`` `invalid` when the key does not belong to the certificate.
    public func use(_ credentials: TLSCredentials) throws { try client.use(credentials) }

    /// Goes by these lists as well, and closes the connections to servers that are on them.
    ///
    /// - Returns: How many were closed; `nil` when the lists bring nothing new.
    @discardableResult
    public func hear(_ lists: RevocationLists) -> Int? { client.hear(lists) }

    /// What it shows and whom it trusts at present, and whose certificates it takes for taken back.
    public var credentials: TLSCredentials { client.credentials }
    public var revoked: RevocationLists { client.revoked }

    /// Closes all connections, watches included. Nothing may be called afterwards.
    public func shutdown() async throws { try await client.shutdown() }

    // MARK: Reading

    public func record(_ kind: EntityKind, _ name: String) async throws -> EntityRecord {
        try await sender.read { $0.request(.GET, ["v1", kind.rawValue, name]) }.decoded()
    }

    public func records(
        _ kind: EntityKind, matching filter: EntityFilter, page: ListPage
    ) async throws -> RecordList {
        let query = Endpoint.query(ListQuery(filter: filter, page: page).parameters)
        return try await sender.read { $0.request(.GET, ["v1", kind.rawValue], query: query) }.decoded()
    }

    public func watch(_ kinds: Set<EntityKind>, after revision: Revision) async throws -> WatchStream {
        let watch = RemoteWatch(sender: sender, kinds: kinds, after: revision)
        try await watch.begin()
        return WatchStream { try await watch.next() }
    }

    // MARK: Writing

    public func create(_ draft: EntityDraft) async throws -> EntityRecord {
        var body: JSONValue = ["name": .string(draft.name), "spec": draft.spec]
        if let owner = draft.owner { body["owner"] = .string(owner) }
        let write = RemoteWrite(.POST, ["v1", draft.kind.rawValue], body)
        var isDoubtful = false
        for _ in 1..<max(sender.timeouts.attempts, 2) {
            do {
                let outcome = try await sender.send(.unsafe) { try write.request(to: $0) }
                if isDoubtful || outcome.isDoubtful, outcome.answer.status == 409 { break }
                return try outcome.decoded()
            } catch let failure as Endpoint.Failure {
                guard failure.isDoubtful else { throw failure.error }
                isDoubtful = true
            }
            if let made = try await made(draft) { return made }
        }
        if let made = try await made(draft) { return made }
        return try await single(write)
    }

    public func replaceSpec(
        _ kind: EntityKind, _ name: String, with spec: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await conditional(
            RemoteWrite(.PUT, ["v1", kind.rawValue, name], ["spec": spec], expecting: expected), kind, name
        ) { $0.spec.contains(spec) }
    }

    public func patchSpec(
        _ kind: EntityKind, _ name: String, with patch: JSONValue, expecting expected: Revision?
    ) async throws -> EntityRecord {
        let write = RemoteWrite(
            .PATCH, ["v1", kind.rawValue, name], ["spec": patch], type: "application/merge-patch+json",
            expecting: expected)
        // At whatever revision, a second time might undo what somebody wrote in between.
        guard expected != nil else { return try await single(write) }
        return try await conditional(write, kind, name) { $0.spec.merging(patch: patch) == $0.spec }
    }

    public func replaceStatus(
        _ kind: EntityKind, _ name: String, with status: JSONValue, expecting expected: Revision
    ) async throws -> EntityRecord {
        try await conditional(
            RemoteWrite(.PUT, ["v1", kind.rawValue, name, "status"], ["status": status], expecting: expected), kind,
            name
        ) { $0.status.contains(status) }
    }

    public func delete(_ kind: EntityKind, _ name: String, cascade: Bool) async throws {
        let query = Endpoint.query(cascade ? [("cascade", "true")] : [])
        try await reported {
            try await sender.send(.unsafe) { $0.request(.DELETE, ["v1", kind.rawValue, name], query: query) }
        }
    }

    public func remove(_ kind: EntityKind, _ name: String, expecting expected: Revision) async throws {
        let write = RemoteWrite(.POST, ["v1", kind.rawValue, name, "remove"], nil, expecting: expected)
        try await reported {
            let outcome = try await sender.send(.safe) { try write.request(to: $0) }
            // An earlier try did it.
            let isDone = outcome.isDoubtful && outcome.answer.status == 404
            return isDone
                ? Sender.Outcome(
                    endpoint: outcome.endpoint, answer: Answer(status: 204, body: Data()), isDoubtful: false)
                : outcome
        }
    }

    // MARK: The steps

    private func single(_ write: RemoteWrite) async throws -> EntityRecord {
        do {
            return try await sender.send(.unsafe) { try write.request(to: $0) }.decoded()
        } catch let failure as Endpoint.Failure {
            throw failure.error
        }
    }

    /// A write that expects a revision. When a try may have been carried out and the next one is refused, the entity
    /// itself says whether that was this write.
    private func conditional(
        _ write: RemoteWrite, _ kind: EntityKind, _ name: String, isIn: (EntityRecord) -> Bool
    ) async throws -> EntityRecord {
        do {
            let outcome = try await sender.send(.safe) { try write.request(to: $0) }
            if outcome.isDoubtful, outcome.answer.status == 412 {
                let record = try await record(kind, name)
                if isIn(record) { return record }
            }
            return try outcome.decoded()
        } catch let failure as Endpoint.Failure {
            throw failure.error
        }
    }

    /// The entity, if it is there by now and is what the draft asks for.
    ///
    /// - Throws: `exists` when it is there and is not.
    private func made(_ draft: EntityDraft) async throws -> EntityRecord? {
        let record: EntityRecord
        do {
            record = try await self.record(draft.kind, draft.name)
        } catch let error as VC3Error where error.code == .notFound {
            return nil
        }
        let isSame = record.spec.contains(draft.spec) && draft.owner.map { $0 == record.metadata.owner } ?? true
        if isSame { return record }
        throw VC3Error(
            .exists, "\(record.key) exists; whether it was made by this call is not known, because its answer was lost")
    }

    private func reported(_ body: () async throws -> Sender.Outcome) async throws {
        do {
            _ = try await body().answer.success()
        } catch let failure as Endpoint.Failure {
            throw failure.error
        }
    }
}

/// A write as it goes over the wire.
private struct RemoteWrite {
    let method: HTTPMethod
    let path: [String]
    let body: JSONValue?
    let type: String
    let expected: Revision?

    init(
        _ method: HTTPMethod, _ path: [String], _ body: JSONValue?, type: String = "application/json",
        expecting expected: Revision? = nil
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.type = type
        self.expected = expected
    }

    func request(to endpoint: Endpoint) throws -> HTTPClientRequest {
        var request = endpoint.request(method, path)
        if let expected { request.headers.add(name: "If-Match", value: "\"\(expected)\"") }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: try body.data()))
        }
        return request
    }
}

extension Sender.Outcome {
    /// - Throws: ``VC3Error``: what the server refuses with, `internal` when its answer is not understood.
    fileprivate func decoded<Value: Decodable>() throws -> Value {
        let body = try answer.success()
        do {
            return try JSONDecoder().decode(Value.self, from: body)
        } catch {
            throw endpoint.notUnderstood("the answer", error)
        }
    }
}

extension JSONValue {
    /// Whether every member of `part` is here with the same value; unset ones may be missing. The server adds defaults
    /// and leaves out secrets, so the whole is not compared.
    fileprivate func contains(_ part: JSONValue) -> Bool {
        (part.objectValue ?? [:]).allSatisfy { name, value in value.isNull ? true : self[name] == value }
    }
}
