import Hummingbird
public import InfoserviceStore
import VC3Model

/// `GET /v1/audit`: the audit trail, newest first; for admins. See ``AuditEntry``.
struct AuditRoute: Sendable {
    let engine: EntityStore

    var route: Route<InfoserviceContext> {
        Route(Self.description) { request, context in
            let query = try Self.query(request.uri.queryParameters.map { (String($0.key), String($0.value)) })
            return try Response(status: .ok, json: await context.session(on: engine).audit(query))
        }
    }

    private static let description = APIRoute(
        method: .GET, path: "/v1/audit", summary: "The audit trail, newest first; for admins.",
        parameters: [
            .init(
                name: "role", schema: ["enum": .array(Role.allCases.map { .string($0.rawValue) })],
                meaning: "Of whoever wrote."),
            .init(name: "who", schema: ["type": "string"], meaning: "The name beside the role."),
            .init(name: "kind", schema: KindSchema.kindName, meaning: "Of what was written."),
            .init(name: "name", schema: ["type": "string"], meaning: "Its name."),
            .init(name: "since", schema: moment, meaning: "From this time on."),
            .init(name: "until", schema: moment, meaning: "Before this time."),
            .init(
                name: "before", schema: ["type": "integer", "minimum": 0],
                meaning: "Older than this revision: `next` of the page before."),
            .init(
                name: "limit", schema: ["type": "integer", "minimum": 1, "maximum": .integer(AuditQuery.largestLimit)],
                meaning: "Most entries in the answer; unset: 100."),
            EntityRoutes.actingFor,
        ],
        answers: [200: .json(.named("audit-page"), "Entries; `next` when there are more.")], refusals: APIRoute.usual)

    private static let moment: JSONValue = ["type": "string", "format": "date-time"]

    /// - Throws: ``VC3Error`` `invalid` with a problem for each parameter that is wrong.
    static func query(_ parameters: [(name: String, value: String)]) throws -> AuditQuery {
        var query = AuditQuery()
        var problems: [VC3Error.Problem] = []
        func parsed<Value>(_ value: Value?, _ name: String, _ needed: String) -> Value? {
            if value == nil { problems.append(.init(field: name, problem: "needed is \(needed)")) }
            return value
        }
        for (name, value) in parameters {
            switch name {
            case "role":
                query.role = parsed(
                    Role(rawValue: value), name, "one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            case "who": query.who = value
            case "kind": query.kind = parsed(EntityKind(rawValue: value), name, "a kind of entity")
            case "name": query.name = value
            case "since": query.since = parsed(Timestamp(value), name, "a time like 2026-11-22T13:45:00Z")
            case "until": query.until = parsed(Timestamp(value), name, "a time like 2026-11-22T13:45:00Z")
            case "before":
                query.before = parsed(Int64(value).flatMap { $0 < 0 ? nil : $0 }, name, "a revision").map {
                    Revision($0)
                }
            case "limit": query.limit = parsed(Int(value), name, "a number") ?? query.limit
            default: problems.append(.init(field: name, problem: "is not a parameter of the audit trail"))
            }
        }
        if !problems.isEmpty { throw VC3Error(.invalid, "the query is not valid", problems: problems) }
        return query
    }
}

extension InfoserviceSession {
    /// The audit trail, newest first.
    ///
    /// - Throws: ``VC3Error`` `forbidden` to all but admins.
    public func audit(_ query: AuditQuery) async throws -> AuditPage {
        guard identity.role == .admin else {
            throw VC3Error(.forbidden, "\(identity) may not read the audit trail: it is shown to admins only")
        }
        return try await engine.audit(query)
    }
}
