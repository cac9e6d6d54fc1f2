extension KindSchema {
    /// The schema of a kind. Every request asks several times: no table is searched.
    public static func of(_ kind: EntityKind) -> KindSchema {
        switch kind {
        case .user: user
        case .project: project
        case .resource: resource
        case .nodeinfo: nodeinfo
        case .allocation: allocation
        case .nodeset: nodeset
        case .cluster: cluster
        case .environment: environment
        case .policy: policy
        case .request: request
        case .provisioner: provisioner
        case .privatetoken: privatetoken
        case .pairing: pairing
        case .pilotset: pilotset
        case .pilot: pilot
        case .pilotlog: pilotlog
        case .lease: lease
        case .event: event
        case .usage: usage
        case .authority: authority
        case .sitelogin: sitelogin
        }
    }

    /// Free texts and links that every kind which people make carries.
    static let about: [Field] = [
        Field("description", .string, longest: 524_288, "What it is, in a sentence."),
        Field("displayname", .string, longest: 256, "The name that people see."),
        Field("url", .string, longest: 2048, "A page about it."),
        Field("docurl", .string, longest: 2048, "Its documentation."),
    ]

    public static let conditionFields: [Field] = [
        Field("type", .string, required: true, "What the condition is about."),
        Field("status", .string, required: true, allowed: ["true", "false", "unknown"], "Whether it holds."),
        Field("reason", .string, required: true, "One word for programs."),
        Field("message", .string, required: true, "A sentence for people."),
        Field("since", .timestamp, required: true, "When the status last changed."),
        Field("retryAt", .timestamp, "When the next attempt is due."),
        Field("mender", .string, allowed: ["user", "operator", "nobody"], "Who can mend it."),
    ]

    static let state = state([])

    /// - Parameter words: The only states that there are; empty: any.
    static func state(_ words: [String]) -> [Field] {
        [
            Field(
                "state", .string, default: "new", allowed: words,
                "The original's state word, derived from the conditions."),
            Field("state_reason", .string, "The state in a sentence."),
            Field("conditions", .conditions, default: [], "What is known."),
            Field("observed_generation", .integer(0...Int.max), default: 0, "The spec that this status has seen."),
        ]
    }
}
