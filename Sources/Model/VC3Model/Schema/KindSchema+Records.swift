/// What parts write for each other and for the books.
extension KindSchema {
    static let lease = KindSchema(
        .lease, "Who may act, and until when.",
        spec: [
            Field("holder", .string, required: true, "Who holds it; empty when it was given up."),
            Field("expires", .timestamp, required: true, "Until when, for people: contenders go by their own clocks."),
            Field("renewed", .integer(0...Int.max), default: 0, "How often its holder has written it."),
            Field(
                "fence", .integer(1...Int.max),
                "The revision at which its holder took it, noted when renewing; until then that is its own revision."),
            Field(
                "term", .integer(1...3600),
                "For how many seconds it holds after each write, where that is not always the same."),
        ],
        status: state, specWriters: [.master, .factory], statusWriters: [.master, .factory])

    static let event = KindSchema(
        .event, "What happened to an entity.",
        spec: [
            Field("about", .string, required: true, "kind/name of the entity."),
            Field("reason", .string, required: true, "One word."),
            Field("message", .string, required: true, "A sentence."),
            Field("count", .integer(1...Int.max), default: 1, "How often."),
            Field("last", .timestamp, "When last."),
        ],
        status: state, specWriters: [.master, .factory], statusWriters: [.master, .factory])

    static let usage = KindSchema(
        .usage, "What an allocation gave in a day.",
        spec: [
            Field("allocation", .mention(.allocation), required: true, "Allocation."),
            Field("day", .string, required: true, "YYYY-MM-DD."),
            Field("node_seconds", .integer(0...Int.max), default: 0, "Seconds times workers."),
        ],
        status: state, specWriters: [.factory], statusWriters: [.factory])
}
