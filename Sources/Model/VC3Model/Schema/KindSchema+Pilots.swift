extension KindSchema {
    static let pilot = KindSchema(
        .pilot, "One pilot, over its whole life and for as long as its pilot set remembers it.",
        spec: [
            Field("pilotset", .mention(.pilotset), required: true, "What it was made for."),
            Field("request", .mention(.request), required: true, "The virtual cluster."),
            Field("allocation", .mention(.allocation), required: true, "The account that it runs under."),
            Field("resource", .string, required: true, "Where that is."),
        ],
        status: state(["new"] + PilotPhase.allCases.map(\.rawValue)) + [
            Field("timeline", .map(.timestamp), default: [:], "When it entered each phase, by the phase's name."),
            Field("job", .string, "The batch system's name for it."),
            Field("host", .string, "The node that it runs or ran on."),
            Field("retiring", .string, "Why it is being ended, in a word."),
            Field(
                "end", .string, allowed: ["done", "expired", "failed", "vanished", "cancelled", "neverSubmitted"],
                "How it ended."),
            Field("cause", .string, "Why it ended: the pilot's own word, or the batch system's."),
            Field("exit_code", .integer(Int(Int32.min)...Int(Int32.max)), "What it ended with."),
            Field("signal", .integer(1...128), "The signal that ended it."),
            Field("last_lines", .list(.string), default: [], longest: 1024, "The end of its output."),
            Field("factory", .string, "Which factory runs it."),
        ],
        specWriters: [.factory], statusWriters: [.factory])

    static let pilotlog = KindSchema(
        .pilotlog, "Somebody's question for the end of a pilot's output, and the answer; gone after ten minutes.",
        spec: [
            Field("pilot", .reference(.pilot), required: true, "Whose output."),
            Field("lines", .integer(1...PilotLog.mostLines), default: 200, "How many lines of each file, at most."),
        ],
        status: state(["new", "answered", "failed"]) + [
            Field("text", .string, "The lines, without tokens and control characters.")
        ],
        specWriters: [.user, .factory], statusWriters: [.factory])

    static let sitelogin = KindSchema(
        .sitelogin, "A person's login to a site that asks for more than a key; it has the name of the allocation.",
        spec: [
            Field("open", .integer(0...Int.max), default: 0, "Raised by one to ask for a login."),
            Field("end", .integer(0...Int.max), default: 0, "Raised by one to end it."),
            Field(
                "answer", .object(answerFields), "To the question that the status shows; taken back once it was used."),
        ],
        status: state(SiteLogin.State.allCases.map(\.rawValue)) + [
            Field(
                "open_observed", .integer(0...Int.max), default: 0, "The last login asked for that succeeded or failed."
            ),
            Field("end_observed", .integer(0...Int.max), default: 0, "The last end asked for that was made."),
            Field("question", .object(questionFields), "What the site asks now."),
            Field("since", .timestamp, "When the present login succeeded."),
            Field("until", .timestamp, "When it ends at the latest; unset: as the site likes."),
            Field("site", .object(siteFields), "Where it is, for its end."),
            Field("factory", .string, "Which factory has the connection."),
        ],
        specWriters: [.user], statusWriters: [.factory], finalizer: .factory, deleters: [.master])

    static let answerFields: [Field] = [
        Field("question", .integer(1...Int.max), required: true, "Which one it answers."),
        Field(
            "sealed", .string, required: true, longest: 8192,
            "HPKE (RFC 9180): encapsulated key and ciphertext, base64."),
    ]

    static let questionFields: [Field] = [
        Field("number", .integer(1...Int.max), required: true, "Counts the questions of one login."),
        Field("text", .string, required: true, "The site's own words."),
        Field("key", .string, required: true, "X25519 public key for the answer, base64; for this question alone."),
    ]

    /// ``ChainLink``.
    static let chainFields: [Field] = [
        Field("step", .word(ChainLink.Step.allCases.map(\.rawValue)), required: true, "Which step."),
        Field("count", .integer(0...Int.max), required: true, "Workers that get through."),
        Field("reason", .string, "One word for programs, if it keeps any."),
        Field("message", .string, longest: 1024, "A sentence for people."),
        Field("since", .timestamp, "Since when it keeps some for this reason."),
        Field("retryAt", .timestamp, "When the next attempt is due."),
        Field("mender", .string, allowed: ["user", "operator", "nobody"], "Who can mend it."),
    ]

    /// ``ShunnedNode``.
    static let shunnedFields: [Field] = [
        Field("node", .string, required: true, longest: 253, "Its name in the batch system."),
        Field("reason", .string, required: true, longest: 1024, "What went wrong there."),
        Field("until", .timestamp, required: true, "When one pilot may try it again."),
    ]
}
