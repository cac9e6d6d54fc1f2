/// The attempts to log in that are under way, one for each login.
actor SiteLoginDesk {
    private var attempts: [String: SiteLoginAttempt] = [:]
    private let starts: AsyncStream<SiteLoginAttempt>.Continuation
    /// Attempts in the order of their making, to be run by the Factory.
    nonisolated let started: AsyncStream<SiteLoginAttempt>

    init() {
        (started, starts) = AsyncStream<SiteLoginAttempt>.makeStream()
    }

    func begin(_ attempt: SiteLoginAttempt) {
        attempts[attempt.login] = attempt
        starts.yield(attempt)
    }

    func attempt(for login: String) -> SiteLoginAttempt? { attempts[login] }

    /// Gives up the attempt, or forgets one that is over.
    func end(_ login: String) async {
        await attempts.removeValue(forKey: login)?.end()
    }
}
