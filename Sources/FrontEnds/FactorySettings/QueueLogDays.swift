import VC3Configuration

/// For how many days logs are kept where something else is said than by the factory; 0 for ever.
public struct QueueLogDays: Sendable, Equatable {
    /// Those of queues of files, by name.
    public var ofQueues: [String: Int]
    /// Those of all requests; `nil`: as the factory's.
    public var ofRequests: Int?

    public init(ofQueues: [String: Int] = [:], ofRequests: Int? = nil) {
        self.ofQueues = ofQueues
        self.ofRequests = ofRequests
    }
}

extension SectionReader {
    /// Those of a section of a file of queues.
    func keepDays(_ meaning: String) -> Int? {
        value("cleanlogs.keepdays", ValueKind<Int>.integer(in: 0...36_500).optional, default: nil, meaning)
    }
}
