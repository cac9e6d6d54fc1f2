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
}
