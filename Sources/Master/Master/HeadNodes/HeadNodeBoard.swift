import VC3Model

/// What is known of head nodes between two looks and need not survive a restart, because it is found out again.
actor HeadNodeBoard {
    private var joined: [String: Int] = [:]
    private var lastChange: [String: (state: [Int], since: Timestamp)] = [:]
    private var removed: Set<String> = []
    private var refused: [String: [String]] = [:]

    /// Workers that the request's head node saw last; `nil` before the first answer.
    func workers(of request: String) -> Int? { joined[request] }

    /// - Returns: Whether this is news.
    func note(workers: Int, of request: String) -> Bool {
        defer { joined[request] = workers }
        return joined[request] != workers
    }

    /// How long nothing of `state` has changed.
    func steadyTime(of request: String, state: [Int], now: Timestamp) -> Duration {
        if let last = lastChange[request], last.state == state { return now - last.since }
        lastChange[request] = (state, now)
        return .zero
    }

    /// The pilots that the request's running head node was made to refuse by this process; `nil` before it was.
    func refused(of request: String) -> [String]? { refused[request] }

    /// - Parameter pilots: `nil` when the head node is not known to be the one that was told.
    func note(refused pilots: [String]?, of request: String) { refused[request] = pilots }

    func isRemoved(_ request: String) -> Bool { removed.contains(request) }
    func noteRemoved(_ request: String) {
        removed.insert(request)
        refused[request] = nil
        joined[request] = nil
        lastChange[request] = nil
    }
    func forget(_ request: String) {
        removed.remove(request)
        joined[request] = nil
        lastChange[request] = nil
    }
}
