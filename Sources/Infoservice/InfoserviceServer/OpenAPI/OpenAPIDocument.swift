import InfoserviceAPI
import VC3Model
import VC3Transport

/// The OpenAPI 3.1 description of the HTTP interface, made from the route table and the schema of each kind.
enum OpenAPIDocument {
    static let value: JSONValue = [
        "openapi": "3.1.0",
        "info": [
            "title": "VC3 Infoservice", "version": "1",
            "description":
                "The shared state of VC3. Callers are known by their certificate (mutual TLS); errors are problem documents (RFC 9457).",
        ],
        "paths": .object(paths), "components": ["schemas": .object(schemas), "responses": .object(responses)],
    ]

    // MARK: Paths

    private static var paths: [String: JSONValue] {
        var paths: [String: JSONValue] = [:]
        for route in APIRoute.all {
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
        for status in route.statuses {
            answers[String(status)] = status < 300 ? success(route, status, kind) : reference("responses", "Problem")
        }
        var operation: [String: JSONValue] = [
            "summary": .string(route.summary), "responses": .object(answers),
            "operationId": .string(identifier(route, kind)),
        ]
        if let kind {
            operation["tags"] = [.string(kind.rawValue)]
            operation["description"] = .string(KindSchema.of(kind).purpose)
        }
        let parameters = parameters(route)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let kind, let body = body(route, kind) { operation["requestBody"] = body }
        return .object(operation)
    }

    private static func identifier(_ route: APIRoute, _ kind: EntityKind?) -> String {
        let words = route.path.split(separator: "/").map(String.init).filter { $0 != ":kind" && $0 != "v1" }
        return ([route.method.rawValue.lowercased(), kind?.rawValue ?? ""] + words)
            .map { $0.replacing(":", with: "").replacing(".", with: "_") }.filter { !$0.isEmpty }
            .joined(separator: "_")
    }

    private static func success(_ route: APIRoute, _ status: Int, _ kind: EntityKind?) -> JSONValue {
        guard status != 204, route.path != "/healthz" else { return ["description": "Done."] }
        var schema: JSONValue = ["type": "object"]
        var type = "application/json"
        if route.path == "/v1/watch" {
            schema = ["type": "string"]
            type = "application/x-ndjson"
        } else if let kind {
            schema = reference("schemas", kind.rawValue + (route.path == "/v1/:kind" && status == 200 ? "-list" : ""))
        }
        var answer: [String: JSONValue] = [
            "description": .string(status == 202 ? "Marked; it goes when it is torn down." : "Done."),
            "content": .object([type: ["schema": schema]]),
        ]
        if kind != nil, route.path != "/v1/:kind" || status == 201 {
            answer["headers"] = ["ETag": ["description": "The revision in quotes.", "schema": ["type": "string"]]]
        }
        return .object(answer)
    }

    // MARK: Parameters and bodies

    private static func parameters(_ route: APIRoute) -> [JSONValue] {
        var parameters: [JSONValue] = []
        if route.path.contains(":name") {
            parameters.append(["name": "name", "in": "path", "required": true, "schema": KindSchema.name])
        }
        let revision: JSONValue = ["type": "string", "pattern": "^\"(0|[1-9][0-9]{0,17})\"$"]
        switch (route.method, route.path) {
        case (.GET, "/v1/:kind"):
            for word in ["owner", "project", "state", "continue"] { parameters.append(query(word, ["type": "string"])) }
            let limit: JSONValue = [
                "type": "integer", "minimum": 1, "maximum": .integer(ListQuery.longestPage),
            ]
            parameters.append(query("limit", limit))
        case (.DELETE, _): parameters.append(query("cascade", ["type": "boolean"]))
        case (.PUT, "/v1/:kind/:name"), (.PATCH, _):
            parameters.append(["name": "If-Match", "in": "header", "required": false, "schema": revision])
        case (.PUT, _), (.POST, "/v1/:kind/:name/remove"):
            parameters.append(["name": "If-Match", "in": "header", "required": true, "schema": revision])
        case (.GET, "/v1/watch"):
            parameters.append(query("kinds", ["type": "string"], required: true))
            parameters.append(query("after", ["type": "integer", "minimum": 0], required: true))
        default: break
        }
        return parameters
    }

    private static func query(_ name: String, _ schema: JSONValue, required: Bool = false) -> JSONValue {
        ["name": .string(name), "in": "query", "required": .bool(required), "schema": schema]
    }

    private static func body(_ route: APIRoute, _ kind: EntityKind) -> JSONValue? {
        let spec = reference("schemas", kind.rawValue + "-spec")
        let members: [String: JSONValue]
        var required = ["spec"]
        var type = "application/json"
        switch (route.method, route.path) {
        case (.POST, "/v1/:kind"):
            members = ["name": KindSchema.name, "owner": ownerName, "spec": spec]
            required = ["name", "spec"]
        case (.PUT, "/v1/:kind/:name"): members = ["owner": ownerName, "spec": spec]
        case (.PATCH, _):
            members = ["spec": ["type": "object"]]
            type = "application/merge-patch+json"
        case (.PUT, "/v1/:kind/:name/status"):
            members = ["status": reference("schemas", kind.rawValue + "-status")]
            required = ["status"]
        default: return nil
        }
        let schema: JSONValue = [
            "type": "object", "properties": .object(members), "additionalProperties": false,
            "required": .array(required.map { .string($0) }),
        ]
        return ["required": true, "content": .object([type: ["schema": schema]])]
    }

    private static var ownerName: JSONValue {
        var name = KindSchema.name
        name["type"] = ["string", "null"]
        return name
    }

    // MARK: Components

    private static var schemas: [String: JSONValue] {
        var schemas: [String: JSONValue] = ["problem": problem]
        for kind in EntityKind.allCases {
            let schema = KindSchema.of(kind)
            schemas[kind.rawValue + "-spec"] = schema.jsonSchema(of: .spec)
            schemas[kind.rawValue + "-status"] = schema.jsonSchema(of: .status)
            schemas[kind.rawValue] = record(schema)
            schemas[kind.rawValue + "-list"] = [
                "type": "object", "required": ["items", "revision"], "additionalProperties": false,
                "properties": [
                    "items": ["type": "array", "items": reference("schemas", kind.rawValue)],
                    "revision": ["type": "integer", "minimum": 0], "continue": ["type": "string"],
                ],
            ]
        }
        return schemas
    }

    /// An entity as it is answered. Secrets are left out, so nothing of its spec is required there.
    private static func record(_ schema: KindSchema) -> JSONValue {
        let moment: JSONValue = ["type": "string", "format": "date-time"]
        let number: JSONValue = ["type": "integer", "minimum": 0]
        var spec = schema.jsonSchema(of: .spec)
        if schema.hasSecrets, case .object(var members) = spec {
            members.removeValue(forKey: "required")
            spec = .object(members)
        }
        return [
            "type": "object", "additionalProperties": false,
            "required": ["kind", "name", "revision", "generation", "owner", "created", "updated", "spec", "status"],
            "properties": [
                "kind": ["const": .string(schema.kind.rawValue)], "name": KindSchema.name, "revision": number,
                "generation": number, "owner": KindSchema.name, "created": moment, "updated": moment,
                "deleting": moment, "spec": spec, "status": reference("schemas", schema.kind.rawValue + "-status"),
            ],
        ]
    }

    private static let problem: JSONValue = [
        "type": "object", "required": ["type", "title", "status", "detail", "code"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "code": ["type": "string"],
            "problems": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["field", "problem"],
                    "properties": ["field": ["type": "string"], "problem": ["type": "string"]],
                ],
            ],
        ],
    ]

    private static let responses: [String: JSONValue] = [
        "Problem": [
            "description": "What is wrong, in a form for programs and for people (RFC 9457).",
            "content": .object([ProblemDocument.mediaType: ["schema": reference("schemas", "problem")]]),
        ]
    ]

    private static func reference(_ group: String, _ name: String) -> JSONValue {
        ["$ref": .string("#/components/\(group)/\(name)")]
    }
}
