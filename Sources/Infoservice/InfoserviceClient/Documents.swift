import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
public import VC3Model
import VC3Transport

extension RemoteInfoservice {
    /// The same service by the original's protocol.
    public var documents: Documents { Documents(sender: sender) }
}

/// The original's protocol on `/info`: a document for each key, with all entities of one kind by name.
///
/// Data travels in a form body, not in the request's address, where logs would show it.
public struct Documents: Sendable {
    let sender: Sender

    /// `{name: entity, …}`; empty for a key that nobody has used.
    public func document(_ key: String) async throws -> JSONValue {
        let answer = try await send(.safe, .GET, ["key": key])
        return try json(answer, "document \(key)")
    }

    /// Adds members to a document and to the entities in it.
    public func merge(_ document: JSONValue, into key: String) async throws {
        _ = try await success(
            send(.unsafe, .PUT, ["key": key], ["data": String(decoding: document.data(), as: UTF8.self)]),
            "document \(key)")
    }

    /// - Throws: ``VC3Error`` `notFound` when there is none.
    public func delete(_ name: String, in key: String) async throws {
        let answer = try await send(.unsafe, .DELETE, ["key": key, "entityname": name])
        // The original's word for a missing entity.
        if answer.status == 405 { throw VC3Error(.notFound, "there is no \(key) named \(name)") }
        _ = try success(answer, "\(key) \(name)")
    }

    /// Asks for a certificate; whoever knows `code` can fetch it once it is there.
    ///
    /// - Throws: ``VC3Error`` with the server's words, for instance when a pairing for this name is open already.
    public func requestPairing(_ commonName: String, code: String) async throws {
        let entity: JSONValue = [
            "name": .string(commonName), "cn": .string(commonName), "pairingcode": .string(code), "state": "new",
            "encoding": "base64", "cert": .null, "key": .null, "acl": .null,
        ]
        let data = String(decoding: try JSONValue.object([commonName: entity]).data(), as: UTF8.self)
        let answer = try await send(.unsafe, .POST, ["key": "pairing", "entityname": commonName], ["data": data])
        _ = try success(answer, "pairing \(commonName)")
    }

    /// The certificate and key that belong to a code, both PEM. The server gives them out once.
    ///
    /// - Returns: `nil` while they are not there.
    public func pairing(_ code: String) async throws -> (certificate: String, key: String)? {
        // Repeating it is not safe: what was given out and lost on the way is gone.
        let answer = try await send(.unsafe, .GET, ["key": "pairing", "pairingcode": code])
        if [404, 405].contains(answer.status) { return nil }
        _ = try success(answer, "the pairing")
        guard let entity = try? JSONValue(data: answer.body), let certificate = Self.pem(entity["cert"]),
            let key = Self.pem(entity["key"])
        else { return nil }
        return (certificate, key)
    }

    private static func pem(_ value: JSONValue?) -> String? {
        value?.stringValue.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }

    private func send(
        _ repetition: Sender.Repetition, _ method: HTTPMethod, _ query: KeyValuePairs<String, String>,
        _ form: KeyValuePairs<String, String> = [:]
    ) async throws -> Answer {
        do {
            return try await sender.send(repetition) { endpoint in
                let parameters = query.map { (name: $0.key, value: $0.value) }
                var request = endpoint.request(method, ["info"], query: Endpoint.query(parameters))
                if !form.isEmpty {
                    let body = Endpoint.query(form.map { (name: $0.key, value: $0.value) }).dropFirst()
                    request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                    request.body = .bytes(ByteBuffer(string: String(body)))
                }
                return request
            }.answer
        } catch let failure as Endpoint.Failure {
            throw failure.error
        }
    }

    /// Errors of `/info` are text or HTML, not problem documents.
    private func success(_ answer: Answer, _ what: String) throws -> Data {
        if answer.status < 300 { return answer.body }
        let known = ProblemDocument.error(status: answer.status, body: answer.body)
        let isDocument = (try? JSONValue(data: answer.body))?["detail"] != nil
        if isDocument { throw known }
        let said = String(decoding: answer.body.prefix(500), as: UTF8.self).replacing(/<[^>]*>/, with: " ")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        throw VC3Error(known.code, "\(what): the server answered with HTTP status \(answer.status): \(said)")
    }

    private func json(_ answer: Answer, _ what: String) throws -> JSONValue {
        let body = try success(answer, what)
        do {
            return try JSONValue(data: body)
        } catch {
            throw VC3Error(.internal, "\(what) is not JSON; is this an Infoservice?", cause: error)
        }
    }
}
