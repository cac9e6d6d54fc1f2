import VC3Model

/// What is limited for each identity.
enum LimitKind: String, CaseIterable, Sendable {
    case reads, writes, watches
}

/// How much of one thing an identity may do.
public struct Rate: Sendable, Equatable {
    /// In the long run.
    public var perSecond: Int
    /// At once, after a quiet time.
    public var burst: Int

    public init(perSecond: Int, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// What one identity may ask of the service. The parts of VC3 itself (master, factory, portal) and admins are not
/// limited: they act for all.
public struct RequestLimits: Sendable, Equatable {
    /// `nil`: as much as they like.
    public var reads: Rate?
    public var writes: Rate?
    /// Open at once.
    public var watches: Int?

    /// Far above what people and their scripts do.
    public init(
        reads: Rate? = Rate(perSecond: 200, burst: 2000), writes: Rate? = Rate(perSecond: 50, burst: 500),
        watches: Int? = 64
    ) {
        self.reads = reads
        self.writes = writes
        self.watches = watches
    }

    public static let none = RequestLimits(reads: nil, writes: nil, watches: nil)

    static func apply(to role: Role) -> Bool {
        switch role {
        case .admin, .master, .factory, .portal: false
        case .user, .agent: true
        }
    }
}
