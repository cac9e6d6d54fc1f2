import Foundation
import HTTPTypes
import Hummingbird
import InfoserviceAPI
import InfoserviceStore
import NIOCore
import VC3Model
import VC3Transport

/// The routes of `/v1` that read and write entities.
///
/// | route | does |
/// |---|---|
/// | `GET /v1/<kind>` | lists: `{"items":[…],"revision":n,"continue"?:…}`; parameters: ``ListQuery`` |
/// | `POST /v1/<kind>` | creates from `{"name":…,"owner"?:…,"spec":{…}}` |
/// | `GET /v1/<kind>/<name>` | reads |
/// | `PUT /v1/<kind>/<name>` | `If-Match: "<revision>"`: replaces the spec by `{"spec":{…}}`; `If-None-Match: *`: creates |
/// | `PATCH /v1/<kind>/<name>` | merge patch `{"spec":{…}}` (RFC 7396), with or without `If-Match` |
/// | `PUT /v1/<kind>/<name>/status` | `If-Match`: replaces the status by `{"status":{…}}` |
/// | `DELETE /v1/<kind>/<name>` | 202 with the marked entity, or 204 when it is gone at once; `?cascade=true`: with all that refers to it |
/// | `POST /v1/<kind>/<name>/remove` | `If-Match`: the finalizer removes what is marked |
///
/// Every answer with an entity has its revision as `ETag`.
struct EntityRoutes: Sendable {
    /// Bytes.
    static let longestBody = 2 * 1024 * 1024

    let engine: EntityStore

    func add(to group: RouterGroup<InfoserviceContext>) {
        group.get(":kind") { request, context in
            let kind = try context.kind()
            let parameters = request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
            let query = try ListQuery(parameters: parameters, of: kind)
            let list = try await context.session(on: engine).records(kind, matching: query.filter, page: query.page)
            return try Response(status: .ok, json: list)
        }
        group.post(":kind") { request, context in
            let body = try await request.document(members: ["name", "owner", "spec"])
            let draft = EntityDraft(
                kind: try context.kind(), name: try body.text("name", required: true) ?? "",
                owner: try body.text("owner"), spec: body["spec"] ?? [:])
            return try Response(
                status: .created, entity: await context.session(on: engine).create(draft), isNew: true)
        }
        group.get(":kind/:name") { _, context in
            let key = try context.key()
            return try Response(
                status: .ok, entity: await context.session(on: engine).record(key.kind, key.name))
        }
        group.put(":kind/:name") { request, context in try await put(request, context) }
        group.patch(":kind/:name") { request, context in
            let key = try context.key()
            let type = request.headers[.contentType] ?? ""
            guard type.hasPrefix("application/merge-patch+json") else {
                throw VC3Error(
                    .unsupportedMediaType, "a patch is of type application/merge-patch+json, not '\(type)'")
            }
            let body = try await request.document(members: ["spec"])
            let record = try await context.session(on: engine).patchSpec(
                key.kind, key.name, with: body["spec"] ?? [:], expecting: request.expectedRevision())
            return try Response(status: .ok, entity: record)
        }
        group.put(":kind/:name/status") { request, context in
            let key = try context.key()
            let expected = try request.requiredRevision()
            let body = try await request.document(members: ["status"])
            let record = try await context.session(on: engine).replaceStatus(
                key.kind, key.name, with: body["status"] ?? [:], expecting: expected)
            return try Response(status: .ok, entity: record)
        }
        group.delete(":kind/:name") { request, context in
            let key = try context.key()
            let cascade = try request.flag("cascade")
            let session = try context.session(on: engine)
            guard let marked = try await session.markDeleting(key.kind, key.name, cascade: cascade) else {
                return Response(status: .noContent)
            }
            return try Response(status: .accepted, entity: marked)
        }
        group.post(":kind/:name/remove") { request, context in
            let key = try context.key()
            try await context.session(on: engine).remove(
                key.kind, key.name, expecting: request.requiredRevision())
            return Response(status: .noContent)
        }
    }

    private func put(_ request: Request, _ context: InfoserviceContext) async throws -> Response {
        let key = try context.key()
        let session = try context.session(on: engine)
        if let condition = request.headers[.ifNoneMatch] {
            guard condition == "*" else {
                throw VC3Error(.invalid, "If-None-Match takes * only, which creates")
            }
            let body = try await request.document(members: ["owner", "spec"])
            let draft = EntityDraft(
                kind: key.kind, name: key.name, owner: try body.text("owner"), spec: body["spec"] ?? [:])
            return try Response(status: .created, entity: await session.create(draft), isNew: true)
        }
        let expected = try request.requiredRevision()
        let body = try await request.document(members: ["spec"])
        let record = try await session.replaceSpec(
            key.kind, key.name, with: body["spec"] ?? [:], expecting: expected)
        return try Response(status: .ok, entity: record)
    }
}
