import InfoserviceStore
import VC3Model
import VC3Transport

/// What the OpenAPI document refers to.
enum OpenAPISchemas {
    static func value(_ schema: APIRoute.Schema, _ kind: EntityKind?) -> JSONValue {
        switch schema {
        case .inline(let value): value
        case .named(let name): reference("schemas", name)
        case .ofKind(let ending): reference("schemas", (kind?.rawValue ?? "entity") + ending)
        }
    }

    static func reference(_ group: String, _ name: String) -> JSONValue {
        ["$ref": .string("#/components/\(group)/\(name)")]
    }

    static let refusals: [String: JSONValue] = [
        "Problem": [
            "description": "What is wrong, in a form for programs and for people (RFC 9457).",
            "content": problemContent,
        ],
        "TooManyRequests": [
            "description": "More than one caller's share in a short time.", "content": problemContent,
            "headers": ["Retry-After": ["description": "Seconds to wait.", "schema": ["type": "integer"]]],
        ],
    ]

    private static let problemContent: JSONValue = .object([
        ProblemDocument.mediaType: ["schema": reference("schemas", "problem")]
    ])

    static var all: [String: JSONValue] {
        var schemas: [String: JSONValue] = [
            "problem": problem, "audit-entry": auditEntry, "audit-page": auditPage, "watch-line": watchLine,
            "entity": ["oneOf": .array(EntityKind.allCases.map { reference("schemas", $0.rawValue) })],
        ]
        for kind in EntityKind.allCases {
            let schema = KindSchema.of(kind)
            schemas[kind.rawValue + "-spec"] = schema.jsonSchema(of: .spec, in: .request)
            schemas[kind.rawValue + "-status"] = schema.jsonSchema(of: .status, in: .request)
            schemas[kind.rawValue] = record(schema)
            schemas[kind.rawValue + "-list"] = [
                "type": "object", "required": ["items", "revision"], "additionalProperties": false,
                "properties": [
                    "items": ["type": "array", "items": reference("schemas", kind.rawValue)],
                    "revision": number, "continue": ["type": "string"],
                ],
            ]
        }
        return schemas
    }

    private static let moment: JSONValue = ["type": "string", "format": "date-time"]
    private static let number: JSONValue = ["type": "integer", "minimum": 0]

    /// An entity as it is answered.
    private static func record(_ schema: KindSchema) -> JSONValue {
        [
            "type": "object", "additionalProperties": false, "description": .string(schema.purpose),
            "required": ["kind", "name", "revision", "generation", "owner", "created", "updated", "spec", "status"],
            "properties": [
                "kind": ["const": .string(schema.kind.rawValue)], "name": KindSchema.name, "revision": number,
                "generation": number, "owner": KindSchema.name, "created": moment, "updated": moment,
                "deleting": moment, "spec": schema.jsonSchema(of: .spec, in: .answer),
                "status": schema.jsonSchema(of: .status, in: .answer),
            ],
        ]
    }

    /// A write that was carried out. Names of fields, never values.
    private static let auditEntry: JSONValue = [
        "type": "object", "additionalProperties": false,
        "required": ["revision", "time", "role", "who", "action", "kind", "name", "fields"],
        "properties": [
            "revision": number, "time": moment, "who": ["type": "string"],
            "role": ["enum": .array(Role.allCases.map { .string($0.rawValue) })],
            "via": ["type": "string", "description": "The portal that acted for them."],
            "origin": ["type": "string", "description": "Where the request came from."],
            "action": ["type": "string"], "kind": KindSchema.kindName, "name": KindSchema.name,
            "fields": ["type": "array", "items": ["type": "string"]],
        ],
    ]

    private static let auditPage: JSONValue = [
        "type": "object", "additionalProperties": false, "required": ["items"],
        "properties": ["items": ["type": "array", "items": reference("schemas", "audit-entry")], "next": number],
    ]

    private static let watchLine: JSONValue = [
        "oneOf": [
            [
                "type": "object", "required": ["type", "entity"], "additionalProperties": false,
                "properties": [
                    "type": ["enum": ["changed", "removed"]], "entity": reference("schemas", "entity"),
                    "revision": [
                        "type": "integer", "description": "Of what began to be shared without having been written.",
                    ],
                ],
            ],
            [
                "type": "object", "required": ["type", "revision"], "additionalProperties": false,
                "properties": ["type": ["const": "heartbeat"], "revision": number],
            ],
            [
                "type": "object", "required": ["type", "code", "detail"],
                "properties": [
                    "type": ["const": "failed"], "code": ["type": "string"], "detail": ["type": "string"],
                    "problems": problems,
                ],
            ],
        ]
    ]

    private static let problems: JSONValue = [
        "type": "array",
        "items": [
            "type": "object", "required": ["field", "problem"],
            "properties": ["field": ["type": "string"], "problem": ["type": "string"]],
        ],
    ]

    private static let problem: JSONValue = [
        "type": "object", "required": ["type", "title", "status", "detail", "code"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "code": ["type": "string"], "problems": problems,
        ],
    ]
}
