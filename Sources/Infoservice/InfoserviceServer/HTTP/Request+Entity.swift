import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import VC3Model
import VC3Transport

extension InfoserviceContext {
    func kind() throws -> EntityKind {
        let word = parameters.get("kind") ?? ""
        guard let kind = EntityKind(rawValue: word) else {
            let hint = NearestName.to(word, among: EntityKind.allCases.map(\.rawValue)).map { "; did you mean \($0)?" }
            throw VC3Error(.notFound, "there is no kind '\(word)'" + (hint ?? ""))
        }
        return kind
    }

    func key() throws -> EntityKey { EntityKey(try kind(), parameters.get("name") ?? "") }
}

extension Request {
    /// The revision that `If-Match` names; `nil` without the header.
    func expectedRevision() throws -> Revision? {
        guard let tag = headers[.ifMatch] else { return nil }
        guard tag.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\""), let value = Int64(tag.dropFirst().dropLast())
        else {
            throw VC3Error(.invalid, "If-Match is '\(tag)'; needed is the revision in quotes, e.g. \"17\"")
        }
        return Revision(value)
    }

    func requiredRevision() throws -> Revision {
        guard let revision = try expectedRevision() else {
            throw VC3Error(
                .preconditionRequired, "say which revision this replaces: If-Match: \"<revision>\" as read before")
        }
        return revision
    }

    /// A parameter that is `true` or `false`; without it false.
    func flag(_ name: String) throws -> Bool {
        guard let value = uri.queryParameters[name[...]] else { return false }
        guard ["true", "false"].contains(value) else {
            let problem = VC3Error.Problem(field: name, problem: "is '\(value)'; needed is true or false")
            throw VC3Error(.invalid, "the address is not valid", problems: [problem])
        }
        return value == "true"
    }

    /// The body, an object with these members and no others.
    func document(
        required: Set<String>, optional: Set<String> = [], longest: Int = EntityRoutes.longestBody
    ) async throws -> JSONValue {
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: longest)
        } catch is NIOTooManyBytesError {
            throw VC3Error(.tooLarge, "the body is longer than \(longest) bytes")
        } catch let error as HTTPParserError {
            throw VC3Error(.invalid, "the body cannot be read: \(error)", cause: error)
        }
        let document: JSONValue
        do {
            document = try JSONValue(utf8: Array(buffer.readableBytesView))
        } catch {
            throw VC3Error(.invalid, "the body is not JSON that can be taken: \(error)", cause: error)
        }
        guard let members = document.objectValue else {
            throw VC3Error(.invalid, "the body is \(document.typeName); needed is an object")
        }
        let unknown = members.keys.filter { !required.contains($0) && !optional.contains($0) }.sorted()
        let missing = required.filter { members[$0] == nil }.sorted()
        if unknown.isEmpty, missing.isEmpty { return document }
        let names = required.union(optional).sorted().joined(separator: ", ")
        throw VC3Error(
            .invalid, "the body is not valid",
            problems: unknown.map { .init(field: $0, problem: "is not known here; allowed are \(names)") }
                + missing.map { .init(field: $0, problem: "is required") })
    }
}

extension JSONValue {
    /// A text member of a request's body; `nil` when it is absent or null.
    func text(_ member: String) throws -> String? {
        switch self[member] {
        case .string(let text): return text
        case nil, .null: return nil
        case let other?:
            throw VC3Error(
                .invalid, "the body is not valid",
                problems: [.init(field: member, problem: "is \(other.typeName); needed is a string")])
        }
    }
}

extension Response {
    init(status: HTTPResponse.Status, json value: some JSONWritable) throws {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try value.jsonBytes())))
    }

    init(status: HTTPResponse.Status, entity: EntityRecord, isNew: Bool = false) throws {
        try self.init(status: status, json: entity)
        headers[.eTag] = "\"\(entity.metadata.revision)\""
        if isNew { headers[.location] = "/v1/\(entity.metadata.kind.rawValue)/\(entity.name)" }
    }
}
