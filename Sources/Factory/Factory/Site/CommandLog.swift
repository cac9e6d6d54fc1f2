/// The commands that a site was asked for in the last minute.
struct CommandLog: Sendable {
    enum Kind: Sendable {
        /// Asks the batch system for nothing.
        case files
        case scheduler
        /// Brings the batch system new jobs.
        case submission
    }

    private var recent: [(kind: Kind, at: Duration)] = []
    private static let span = Duration.seconds(60)

    mutating func note(_ kind: Kind, at now: Duration) {
        recent.removeAll { now - $0.at >= Self.span }
        recent.append((kind, now))
    }

    func all(at now: Duration) -> Int { recent.count { now - $0.at < Self.span } }
    func ofScheduler(at now: Duration) -> Int { recent.count { $0.kind != .files && now - $0.at < Self.span } }

    /// How long until there were fewer than `limit` submissions in a minute.
    func wait(forSubmissionsBelow limit: Int, at now: Duration) -> Duration {
        let own = recent.filter { $0.kind == .submission && now - $0.at < Self.span }
        return own.count < limit ? .zero : own[own.count - limit].at + Self.span - now
    }
}
