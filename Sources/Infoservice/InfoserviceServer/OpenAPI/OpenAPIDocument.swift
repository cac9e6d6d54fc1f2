import InfoserviceAPI
import VC3Model
import VC3Transport

/// The OpenAPI 3.1 description of the HTTP interface, made from the route table and the schema of each kind.
enum OpenAPIDocument {
    static func value(of routes: [APIRoute]) -> JSONValue {
        [
            "openapi": "3.1.0",
            "info": ["title": "VC3 Infoservice", "version": "1", "description": .string(about)],
            "tags": .array(tags), "paths": .object(paths(routes)),
            "components": [
                "schemas": .object(OpenAPISchemas.all), "responses": .object(OpenAPISchemas.refusals),
                "securitySchemes": [
                    "certificate": [
                        "type": "mutualTLS",
                        "description": "A certificate whose URI name is `vc3://<role>/<name>`; it says who asks.",
                    ]
                ],
            ],
            "security": [["certificate": []]],
        ]
    }

    private static let about = """
        The shared state of VC3. Callers are known by their certificate (mutual TLS); who may do what is in the \
        project's page on access rules. Every refusal is a problem document (RFC 9457) whose `code` is for programs and \
        whose `problems` name each wrong field. A parameter that an operation does not have is refused.

        Writes say what they expect: `If-Match` with the revision as read, or `If-None-Match: *`. What is not HTTP is \
        answered with 400 or not at all. The older protocol on `/info` is not described here.
        """

    private static var tags: [JSONValue] {
        EntityKind.allCases.map { kind in
            var purpose = KindSchema.of(kind).purpose
            if kind == .lease { purpose += " " + leases }
            return ["name": .string(kind.rawValue), "description": .string(purpose)]
        }
    }

    private static let leases = """
        Taken with `If-None-Match: *`, or with `If-Match` by a contender that has seen the same revision for the whole \
        term by its own monotonic clock; kept by writing it with `If-Match` before the term is over. The revision at \
        which it was taken is the fence: whoever acts hands it on, and a lower one than seen before is refused.
        """

    // MARK: Paths

    private static func paths(_ routes: [APIRoute]) -> [String: JSONValue] {
        var paths: [String: JSONValue] = [:]
        for route in routes {
            for kind in route.path.contains(":kind") ? EntityKind.allCases.map(Optional.some) : [nil] {
                let path = route.path.replacing(":kind", with: kind?.rawValue ?? "").replacing(":name", with: "{name}")
                var item = paths[path] ?? [:]
                item[route.method.rawValue.lowercased()] = operation(route, kind)
                paths[path] = item
            }
        }
        return paths
    }

    private static func operation(_ route: APIRoute, _ kind: EntityKind?) -> JSONValue {
        var answers: [String: JSONValue] = [:]
        for (status, content) in route.answers { answers[String(status)] = answer(content, status, kind) }
        for status in route.refusals {
            let name = status == 429 ? "TooManyRequests" : "Problem"
            answers[String(status)] = OpenAPISchemas.reference("responses", name)
        }
        var operation: [String: JSONValue] = [
            "summary": .string(route.summary), "responses": .object(answers),
            "operationId": .string(identifier(route, kind)),
        ]
        if let kind { operation["tags"] = [.string(kind.rawValue)] }
        let parameters = parameters(route, kind)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = route.body { operation["requestBody"] = requestBody(body, kind) }
        return .object(operation)
    }

    private static func identifier(_ route: APIRoute, _ kind: EntityKind?) -> String {
        let words = route.path.split(separator: "/").map(String.init).filter { $0 != ":kind" && $0 != "v1" }
        return ([route.method.rawValue.lowercased(), kind?.rawValue ?? ""] + words)
            .map { $0.replacing(":", with: "").replacing(".", with: "_") }.filter { !$0.isEmpty }
            .joined(separator: "_")
    }

    private static func answer(_ content: APIRoute.Content, _ status: Int, _ kind: EntityKind?) -> JSONValue {
        var answer: [String: JSONValue] = ["description": .string(content.description)]
        var headers: [String: JSONValue] = [:]
        switch content {
        case .nothing: break
        case .json(let schema, _):
            answer["content"] = ["application/json": ["schema": OpenAPISchemas.value(schema, kind)]]
        case .entity:
            answer["content"] = ["application/json": ["schema": OpenAPISchemas.value(.ofKind(""), kind)]]
            headers["ETag"] = ["description": "The revision in quotes.", "schema": ["type": "string"]]
            if status == 201 {
                headers["Location"] = ["description": "The path of the entity.", "schema": ["type": "string"]]
            }
        case .text(let type, _): answer["content"] = .object([type: ["schema": ["type": "string"]]])
        case .file(let types, _):
            answer["content"] = .object(Dictionary(uniqueKeysWithValues: types.map { ($0, [:]) }))
        case .lines(let schema, _):
            answer["content"] = ["application/x-ndjson": ["schema": OpenAPISchemas.value(schema, kind)]]
        }
        if !headers.isEmpty { answer["headers"] = .object(headers) }
        return .object(answer)
    }

    // MARK: Parameters and bodies

    private static func parameters(_ route: APIRoute, _ kind: EntityKind?) -> [JSONValue] {
        var parameters: [JSONValue] = []
        if route.path.contains(":name") {
            parameters.append(["name": "name", "in": "path", "required": true, "schema": KindSchema.name])
        }
        parameters += route.parameters.map { parameter in
            var value: [String: JSONValue] = [
                "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
                "required": .bool(parameter.isRequired), "schema": parameter.schema,
                "description": .string(parameter.meaning),
            ]
            if parameter.schema["type"] == "array" { value["explode"] = false }
            return .object(value)
        }
        if route.filtersByField, let kind { parameters += fieldFilters(kind) }
        return parameters
    }

    private static func fieldFilters(_ kind: EntityKind) -> [JSONValue] {
        let schema = KindSchema.of(kind)
        var seen: Set<String> = []
        return (schema.spec + schema.status).filter { !$0.isSecret && seen.insert($0.name).inserted }.map { field in
            [
                "name": .string(ListQuery.fieldPrefix + field.name), "in": "query", "required": false,
                "schema": ["type": "string"],
                "description": "Whose attribute has this text, or, if a list or an object, this element or member.",
            ]
        }
    }

    private static func requestBody(_ body: APIRoute.Body, _ kind: EntityKind?) -> JSONValue {
        let schema: JSONValue = [
            "type": "object", "properties": .object(body.members.mapValues { OpenAPISchemas.value($0, kind) }),
            "additionalProperties": false, "required": .array(body.required.sorted().map { .string($0) }),
        ]
        return ["required": true, "content": .object([body.type: ["schema": schema]])]
    }
}
