import Foundation
import HTTPTypes
import Hummingbird
import InfoserviceAPI
import InfoserviceStore
import NIOCore
import VC3Model
import VC3Transport

/// The routes of `/v1` that read and write entities; `EntityRoutes+Table.swift` lists and describes them.
struct EntityRoutes: Sendable {
    /// Bytes.
    static let longestBody = 2 * 1024 * 1024

    let engine: EntityStore

    func list(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let kind = try context.kind()
        let parameters = request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
        let query = try ListQuery(parameters: parameters, of: kind)
        let list = try await context.session(on: engine).records(kind, matching: query.filter, page: query.page)
        return try Response(status: .ok, json: list)
    }

    func create(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let kind = try context.kind()
        let body = try await request.document(required: ["name", "spec"], optional: ["owner"])
        let draft = EntityDraft(
            kind: kind, name: try body.text("name") ?? "", owner: try body.text("owner"),
            spec: body["spec"] ?? [:])
        return try Response(status: .created, entity: await context.session(on: engine).create(draft), isNew: true)
    }

    func read(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        return try Response(status: .ok, entity: await context.session(on: engine).record(key.kind, key.name))
    }

    func replace(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        let session = try context.session(on: engine)
        if let condition = request.headers[.ifNoneMatch] {
            guard condition == "*" else {
                throw VC3Error(.invalid, "If-None-Match takes * only, which creates")
            }
            let body = try await request.document(required: ["spec"], optional: ["owner"])
            let draft = EntityDraft(
                kind: key.kind, name: key.name, owner: try body.text("owner"), spec: body["spec"] ?? [:])
            return try Response(status: .created, entity: await session.create(draft), isNew: true)
        }
        let expected = try request.requiredRevision()
        let body = try await request.document(required: ["spec"])
        let record = try await session.replaceSpec(key.kind, key.name, with: body["spec"] ?? [:], expecting: expected)
        return try Response(status: .ok, entity: record)
    }

    func patch(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        let type = request.headers[.contentType] ?? ""
        guard type.hasPrefix("application/merge-patch+json") else {
            throw VC3Error(
                .unsupportedMediaType, "a patch is of type application/merge-patch+json, not '\(type)'")
        }
        let body = try await request.document(required: ["spec"])
        let record = try await context.session(on: engine).patchSpec(
            key.kind, key.name, with: body["spec"] ?? [:], expecting: request.expectedRevision())
        return try Response(status: .ok, entity: record)
    }

    func report(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        let expected = try request.requiredRevision()
        let session = try context.session(on: engine)
        let schema = KindSchema.of(key.kind)
        // More than usual is read only from whoever may write it.
        let mayBeLarge = schema.statusWriters.contains(session.identity.role)
        let body = try await request.document(
            required: ["status"],
            longest: mayBeLarge ? Self.longestBody - SizeLimits.part + schema.largestStatus : Self.longestBody)
        let record = try await session.replaceStatus(
            key.kind, key.name, with: body["status"] ?? [:], expecting: expected)
        return try Response(status: .ok, entity: record)
    }

    func delete(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        let cascade = try request.flag("cascade")
        let session = try context.session(on: engine)
        guard let marked = try await session.markDeleting(key.kind, key.name, cascade: cascade) else {
            return Response(status: .noContent)
        }
        return try Response(status: .accepted, entity: marked)
    }

    func remove(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        try await context.session(on: engine).remove(key.kind, key.name, expecting: request.requiredRevision())
        return Response(status: .noContent)
    }
}
