import VC3Model

/// One operation of the HTTP interface: what the router serves, what `/openapi.json` describes, and which methods a
/// refusal of another one names.
struct APIRoute: Sendable, Hashable {
    enum Method: String, Sendable, CaseIterable { case GET, POST, PUT, PATCH, DELETE }

    let method: Method
    /// With `:kind` and `:name` for what varies.
    let path: String
    let summary: String
    /// HTTP statuses of success and of refusals.
    let statuses: [Int]

    /// What every route of `/v1` may answer.
    private static let common = [401, 403, 422, 500, 503]

    static let all: [APIRoute] = [
        APIRoute(
            method: .GET, path: "/v1/:kind", summary: "Lists in pages of one revision.", statuses: [200, 410] + common),
        APIRoute(method: .POST, path: "/v1/:kind", summary: "Creates.", statuses: [201, 404, 409, 413] + common),
        APIRoute(method: .GET, path: "/v1/:kind/:name", summary: "Reads.", statuses: [200, 404] + common),
        APIRoute(
            method: .PUT, path: "/v1/:kind/:name",
            summary: "Replaces the spec at the revision of If-Match; with If-None-Match: * creates.",
            statuses: [200, 201, 404, 409, 412, 413, 428] + common),
        APIRoute(
            method: .PATCH, path: "/v1/:kind/:name", summary: "Applies a merge patch (RFC 7396) to the spec.",
            statuses: [200, 404, 412, 413, 415] + common),
        APIRoute(
            method: .DELETE, path: "/v1/:kind/:name",
            summary: "Marks for deletion (202), or removes at once (204).", statuses: [202, 204, 404, 409] + common),
        APIRoute(
            method: .PUT, path: "/v1/:kind/:name/status", summary: "Replaces the status at the revision of If-Match.",
            statuses: [200, 404, 412, 413, 428] + common),
        APIRoute(
            method: .POST, path: "/v1/:kind/:name/remove",
            summary: "Removes what is marked for deletion and torn down, at the revision of If-Match.",
            statuses: [204, 404, 412, 428] + common),
        APIRoute(
            method: .GET, path: "/v1/watch",
            summary: "Everything that happens to some kinds after a revision, a JSON object on each line, without end.",
            statuses: [200, 410] + common),
        APIRoute(method: .GET, path: "/openapi.json", summary: "This document.", statuses: [200]),
        APIRoute(method: .GET, path: "/healthz", summary: "Whether the process serves.", statuses: [200]),
    ]

    /// The methods that a path has, for a refusal of another one; none of a path that is not served.
    static func methods(of path: String) -> [Method] {
        let parts = path.split(separator: "/").map(String.init)
        let isFixed = all.contains { !$0.path.contains(":") && $0.path == path }
        return all.filter { route in isFixed ? route.path == path : route.matches(parts) }.map(\.method)
    }

    private func matches(_ parts: [String]) -> Bool {
        let own = path.split(separator: "/").map(String.init)
        return own.count == parts.count
            && zip(own, parts).allSatisfy { own, part in
                own == part || own == ":name" || own == ":kind" && EntityKind(rawValue: part) != nil
            }
    }
}
