import Synchronization

/// The pilots of all sites of a Factory, for rules that look at all of them.
///
/// Sites decide at the same time. Whoever decides within the limit claims what it will submit in the same step, so that no
/// two take the same room.
final class FactoryCensus: Sendable {
    private struct State {
        var alive: [SiteID: Int]
        /// About to be submitted, and not among those that are alive yet.
        var claims: [SiteID: Int] = [:]
        /// Of all sites: those that are alive and those that are claimed.
        var total: Int
        /// Sites that decided while there was no room for more.
        var waiting: [SiteID: WakeSignal] = [:]

        /// - Returns: Whom to wake, if there is more room than before.
        mutating func set(alive: Int?, claim: Int?, at site: SiteID) -> [WakeSignal] {
            let before = (self.alive[site] ?? 0) + (claims[site] ?? 0)
            self.alive[site] = alive
            claims[site] = claim
            let change = (alive ?? 0) + (claim ?? 0) - before
            total += change
            guard change < 0 else { return [] }
            defer { waiting = [:] }
            return Array(waiting.values)
        }
    }

    private let most: Int?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - most: How many there may be; `nil`: any number.
    ///   - remembered: What the ledger knows of sites that nobody works at yet: their pilots count, too.
    init(most: Int? = nil, remembered: [SiteID: Int] = [:]) {
        self.most = most
        state = Mutex(State(alive: remembered, total: remembered.values.reduce(0, +)))
    }

    var room: FactoryRoom { state.withLock { FactoryRoom(alive: $0.total, most: most) } }

    /// How many pilots a site has from now on, those that it had claimed among them.
    func note(_ alive: Int, at site: SiteID) {
        for signal in state.withLock({ $0.set(alive: alive, claim: nil, at: site) }) { signal.signal() }
    }

    /// What the site has claimed is not submitted.
    func giveUp(at site: SiteID) {
        for signal in state.withLock({ $0.set(alive: $0.alive[site], claim: nil, at: site) }) { signal.signal() }
    }

    /// Other Factories have these sites.
    func leave(_ sites: some Sequence<SiteID>) {
        let freed = state.withLock { state in sites.flatMap { state.set(alive: nil, claim: nil, at: $0) } }
        for signal in freed { signal.signal() }
    }

    /// Decides while nobody else does, and claims what the plan submits, until ``note(_:at:)`` or ``giveUp(at:)``.
    ///
    /// - Parameter signal: Signalled when there is room again, if there is none after this plan.
    func claim(at site: SiteID, waking signal: WakeSignal, _ decide: (FactoryRoom) -> PilotPlan) -> PilotPlan {
        state.withLock { state in
            let plan = decide(FactoryRoom(alive: state.total, most: most))
            _ = state.set(alive: state.alive[site], claim: plan.submit, at: site)
            if let most, state.total >= most { state.waiting[site] = signal }
            return plan
        }
    }
}

/// How full a Factory is.
public struct FactoryRoom: Sendable, Equatable {
    /// Pilots of all its queues that are not known to have ended.
    public var alive: Int
    /// How many there may be; `nil`: any number.
    public var most: Int?

    public init(alive: Int, most: Int?) {
        self.alive = alive
        self.most = most
    }
}
