import HTTPTypes
import Hummingbird
import VC3Model

/// One operation: how it is described, and what carries it out.
struct Route<Context: RequestContext>: Sendable {
    let description: APIRoute
    let handle: @Sendable (Request, Context) async throws -> Response

    init(_ description: APIRoute, _ handle: @escaping @Sendable (Request, Context) async throws -> Response) {
        self.description = description
        self.handle = handle
    }

    /// Refuses query parameters that the operation does not have, and those given twice.
    func answer(_ request: Request, _ context: Context) async throws -> Response {
        if request.uri.query != nil {
            let problems = problems(in: request.uri.queryParameters.map { String($0.key) })
            if !problems.isEmpty { throw VC3Error(.invalid, "the address is not valid", problems: problems) }
        }
        return try await handle(request, context)
    }

    private func problems(in names: [String]) -> [VC3Error.Problem] {
        let known = description.parameters.filter { $0.place == .query }.map(\.name)
        var seen: Set<String> = []
        return names.compactMap { name in
            // Which attributes there are depends on the kind: the handler knows.
            if description.filtersByField, name.hasPrefix("field.") { return nil }
            if !known.contains(name) {
                return .init(field: name, problem: "is not known here" + Self.hint(name, known))
            }
            return seen.insert(name).inserted ? nil : .init(field: name, problem: "is given twice")
        }
    }

    private static func hint(_ name: String, _ known: [String]) -> String {
        if known.isEmpty { return "; no parameters are" }
        if let nearest = NearestName.to(name, among: known) { return "; did you mean \(nearest)?" }
        return "; there are \(known.joined(separator: ", "))"
    }
}

/// All that is served under one description: registration, `/openapi.json` and the refusals of other methods come from
/// here, so that none can lack what another has.
///
/// The original's protocol is not in it: see ``LegacyRoutes``.
struct RouteTable: Sendable {
    private let routes: [Route<InfoserviceContext>]

    /// - Parameter routes: Without that of the description itself, which is added here.
    init(_ routes: [Route<InfoserviceContext>]) throws {
        let description = APIRoute(
            method: .GET, path: "/openapi.json", summary: "This document.",
            answers: [200: .json(.inline(["type": "object"]), "OpenAPI 3.1.")], refusals: [422, 429])
        let document = try OpenAPIDocument.value(of: routes.map(\.description) + [description]).jsonBytes()
        self.routes =
            routes + [
                Route(description) { _, _ in
                    Response(
                        status: .ok, headers: [.contentType: "application/json"],
                        body: ResponseBody(byteBuffer: ByteBuffer(bytes: document)))
                }
            ]
    }

    var descriptions: [APIRoute] { routes.map(\.description) }

    func add(to router: Router<InfoserviceContext>) {
        for route in routes {
            router.on(
                RouterPath(route.description.path), method: route.description.httpMethod,
                use: route.answer)
        }
    }
}

extension APIRoute {
    var httpMethod: HTTPRequest.Method {
        switch method {
        case .GET: .get
        case .POST: .post
        case .PUT: .put
        case .PATCH: .patch
        case .DELETE: .delete
        }
    }
}
