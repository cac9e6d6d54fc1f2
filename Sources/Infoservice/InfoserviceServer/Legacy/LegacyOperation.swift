import InfoserviceAPI
import VC3Model

/// What a request to `/info` asks for.
enum LegacyOperation: Sendable, Equatable {
    case document(key: String)
    case entity(key: String, name: String)
    case pairing(code: String)
    case create(key: String, name: String, members: [String: JSONValue])
    case replaceDocument(key: String, members: [String: JSONValue])
    case update(key: String, name: String, members: [String: JSONValue])
    case mergeDocument(key: String, members: [String: JSONValue])
    case delete(key: String, name: String)

    enum Method: String, Sendable, CaseIterable { case get = "GET", post = "POST", put = "PUT", delete = "DELETE" }

    /// - Throws: ``LegacyRefusal`` 404 for a missing or unknown parameter, 500 for data that is not what it must be; the
    ///   statuses are the original's.
    init(_ method: Method, _ parameters: FormParameters) throws(LegacyRefusal) {
        let allowed = Self.parameters(of: method)
        if let unknown = parameters.names.subtracting(allowed).min() {
            throw .page(
                404,
                "Unexpected: \(FormParameters.shown(unknown)); \(method.rawValue) takes \(allowed.joined(separator: ", "))"
            )
        }
        guard let key = parameters["key"] else { throw .page(404, "Missing parameter: key") }
        let name = parameters["entityname"]
        switch method {
        case .get:
            if let code = parameters["pairingcode"] {
                guard key == "pairing", name == nil else {
                    throw .page(404, "Unexpected parameter: pairingcode goes with key=pairing alone")
                }
                self = .pairing(code: code)
            } else {
                self = name.map { .entity(key: key, name: $0) } ?? .document(key: key)
            }
        case .post:
            let members = try Self.members(of: parameters)
            self =
                name.map { .create(key: key, name: $0, members: members) }
                ?? .replaceDocument(key: key, members: members)
        case .put:
            let members = try Self.members(of: parameters)
            self =
                name.map { .update(key: key, name: $0, members: members) }
                ?? .mergeDocument(key: key, members: members)
        case .delete:
            guard let name else { throw .page(404, "Missing parameter: entityname") }
            self = .delete(key: key, name: name)
        }
    }

    /// Whether it changes the store. Fetching a pairing does: it can be fetched once.
    var isWrite: Bool {
        switch self {
        case .document, .entity: false
        case .pairing, .create, .replaceDocument, .update, .mergeDocument, .delete: true
        }
    }

    private static func parameters(of method: Method) -> [String] {
        switch method {
        case .get: ["key", "entityname", "pairingcode"]
        case .post, .put: ["key", "entityname", "data"]
        case .delete: ["key", "entityname"]
        }
    }

    private static func members(of parameters: FormParameters) throws(LegacyRefusal) -> [String: JSONValue] {
        guard let text = parameters["data"] else { throw .page(500, "Missing parameter: data") }
        let value: JSONValue
        do {
            value = try JSONValue(utf8: Array(text.utf8))
        } catch {
            throw .page(500, "data is not JSON that can be taken: \(error)")
        }
        guard let members = value.objectValue else {
            throw .page(500, "data is a \(value.typeName); needed is an object of entities by name")
        }
        return members
    }
}
