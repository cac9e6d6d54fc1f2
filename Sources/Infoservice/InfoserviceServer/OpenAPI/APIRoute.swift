import VC3Model

/// One operation of the HTTP interface as those who call it see it: what `/openapi.json` says about it.
struct APIRoute: Sendable {
    enum Method: String, Sendable, CaseIterable { case GET, POST, PUT, PATCH, DELETE }

    let method: Method
    /// With `:kind` and `:name` for what varies.
    let path: String
    let summary: String
    /// Beside those that stand in the path.
    var parameters: [Parameter] = []
    /// Whether every attribute of the kind that is not secret can be given as `field.<attribute>`.
    var filtersByField = false
    var body: Body?
    /// What it answers when it succeeds, by HTTP status.
    let answers: [Int: Content]
    /// HTTP statuses of refusals, each with a problem document.
    var refusals: [Int] = []

    struct Parameter: Sendable {
        enum Place: String, Sendable { case query, header }

        let name: String
        var place = Place.query
        var isRequired = false
        /// JSON Schema (draft 2020-12). A list is given with commas between its elements.
        let schema: JSONValue
        let meaning: String
    }

    /// What a request carries: an object with these members and no others.
    struct Body: Sendable {
        var type = "application/json"
        let members: [String: Schema]
        let required: Set<String>
    }

    /// A JSON Schema.
    indirect enum Schema: Sendable {
        case inline(JSONValue)
        /// One of the document's own.
        case named(String)
        /// One of the document's own whose name is that of the kind and this.
        case ofKind(String)
    }

    enum Content: Sendable {
        case nothing(String)
        case json(Schema, String)
        /// An entity, its revision as `ETag`.
        case entity(String)
        case text(String, String)
        /// In one of these media types, as `Accept` asks for; the first one unless it does.
        case file([String], String)
        /// One JSON object on each line, without end.
        case lines(Schema, String)

        var description: String {
            switch self {
            case .nothing(let text), .json(_, let text), .entity(let text), .text(_, let text), .file(_, let text),
                .lines(_, let text):
                text
            }
        }
    }

    /// What every route of entities may refuse with.
    static let usual = [401, 403, 422, 429, 500, 503]

    // MARK: Which route a path is of

    fileprivate func matches(_ parts: [Substring]) -> Bool {
        let own = path.split(separator: "/")
        return own.count == parts.count
            && zip(own, parts).allSatisfy { own, part in
                own == part || own == ":name" || own == ":kind" && EntityKind(rawValue: String(part)) != nil
            }
    }
}

extension [APIRoute] {
    /// The methods that a path has, for a refusal of another one; none of a path that is not served.
    func methods(of path: String) -> [APIRoute.Method] {
        let parts = path.split(separator: "/")
        let isFixed = contains { !$0.path.contains(":") && $0.path == path }
        return filter { route in isFixed ? route.path == path : route.matches(parts) }.map(\.method)
    }
}
