public import VC3Model

/// What an ended pilot had to say, before its files go.
public struct PilotOutput: Sendable, Equatable {
    public var pilot: PilotID
    /// The original's name for its pilot set: request, nodeset and allocation with dots between them.
    public var queue: String
    /// The user to whom the request belongs.
    public var owner: String
    public var endedAt: Timestamp
    /// How it ended, in a word, and why, if that is known.
    public var end: String
    public var job: String?
    public var host: String?
    /// The last of its output.
    public var lines: [String]

    public init(
        pilot: PilotID, queue: String, owner: String, endedAt: Timestamp, end: String, job: String? = nil,
        host: String? = nil, lines: [String]
    ) {
        self.pilot = pilot
        self.queue = queue
        self.owner = owner
        self.endedAt = endedAt
        self.end = end
        self.job = job
        self.host = host
        self.lines = lines
    }
}
