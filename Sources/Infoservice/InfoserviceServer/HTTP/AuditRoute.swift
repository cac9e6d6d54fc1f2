import Hummingbird
public import InfoserviceStore
import VC3Model

/// `GET /v1/audit`: the audit trail, newest first; for admins.
///
/// Parameters, all optional: `role`, `who`, `kind`, `name`, `since` and `until` (RFC 3339), `limit` (1 to 1000, default
/// 100), `before` (the `next` of the page before). Answers `{"items":[…],"next"?:revision}`; see ``AuditEntry``.
struct AuditRoute: Sendable {
    private static let parameters = ["role", "who", "kind", "name", "since", "until", "before", "limit"]

    let engine: EntityStore

    func add(to group: RouterGroup<InfoserviceContext>) {
        group.get("audit") { request, context in
            let query = try Self.query(request.uri.queryParameters.map { (String($0.key), String($0.value)) })
            return try Response(status: .ok, json: await context.session(on: engine).audit(query))
        }
    }

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
            case "before": query.before = parsed(Int64(value), name, "a revision").map { Revision($0) }
            case "limit": query.limit = parsed(Int(value), name, "a number") ?? query.limit
            default:
                let known = Self.parameters.joined(separator: ", ")
                problems.append(
                    .init(field: name, problem: "is not a parameter of the audit trail; there are \(known)"))
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
