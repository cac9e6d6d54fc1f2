import InfoserviceAPI
import Logging
import VC3Model

/// Takes this Factory's share of the sites by leases, and gives up what it loses or has too much of.
///
/// Whoever has not renewed its own lease for a whole term is deposed first, by a write to that very lease which only
/// succeeds if it is still unchanged; then its sites are free. So whoever was only slow notices at its next renewal.
actor SiteSharing {
    /// For how many seconds a Factory's lease holds unless it is renewed.
    static let term = 8
    /// The same, while there is no other Factory that would wait for its end.
    static let termAlone = 30
    /// How long a site is kept while nothing can be known about its lease. What is kept longer is of little use: login nodes
    /// have ended the session by then.
    static let longestPause = Duration.seconds(600)
    /// By how much two clocks may differ while a term passes.
    static let margin = Duration.seconds(1)
    static let pace = Duration.seconds(1)

    let infoservice: any EntityReader & EntityWriter
    let mirror: EntityMirror
    let own: String
    let clock: SiteClock
    let logger: Logger
    let lease: LeaderLease
    private let signal = WakeSignal()
    let wins: AsyncStream<SiteHolding>.Continuation
    /// What was won, in order: work there until ``SiteHolding/ended()``, then say ``finished(_:)``.
    nonisolated let won: AsyncStream<SiteHolding>

    var holdings: [SiteID: SiteHolding] = [:]
    /// Sites where this one still clears up, and whether the lease is to be given up then.
    var ending: [SiteID: Bool] = [:]
    private var nextRenewal = Duration.zero
    /// Whether the last renewal was for the time in which nobody else is there.
    private var wasAlone = false
    private var membership: Revision?
    var lastHandover: Duration?
    /// Each member's lease, and since when it has looked like that.
    var seen: [String: (revision: Revision, since: Duration)] = [:]
    /// Since when each member has been there.
    var present: [String: Duration] = [:]
    var freeSince: [SiteID: Duration] = [:]
    /// What other members had at the last look.
    var others: Set<SiteID> = []

    init(
        _ infoservice: any EntityReader & EntityWriter, mirror: EntityMirror, own: String, clock: SiteClock,
        logger: Logger
    ) {
        self.infoservice = infoservice
        self.mirror = mirror
        self.own = own
        self.clock = clock
        self.logger = logger
        let start = ContinuousClock.now - clock.elapsed()
        lease = LeaderLease(
            infoservice, name: LeaseName.member(own), holder: own, term: .seconds(Self.term), margin: Self.margin,
            wallClock: clock.wall, now: { start + clock.elapsed() })
        (won, wins) = AsyncStream<SiteHolding>.makeStream()
    }

    /// Looks again at once, unless it is known who has the site.
    func wake(for site: SiteID) {
        if holdings[site] == nil, !others.contains(site) { signal.signal() }
    }

    /// Whether this one has the site; `nil` when nobody has, as far as is known.
    func isHeldHere(_ site: SiteID) -> Bool? {
        if holdings[site] != nil { return true }
        return others.contains(site) ? false : nil
    }

    /// Shares until cancelled.
    ///
    /// - Parameter wanted: The sites where there is something to do.
    func run(wanted: @escaping @Sendable () async -> SiteDemand) async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchTerm() }
            while !Task.isCancelled {
                await step(await wanted())
                await signal.wait(atMost: Self.pace)
            }
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    /// Lets go of all sites at once, so that others need not wait.
    func leave() async {
        holdings = [:]
        await lease.release()
    }

    /// The work at a site has stopped.
    func finished(_ holding: SiteHolding) async {
        if ending[holding.site] == true { await giveUp(holding.site) }
        if holdings[holding.site] === holding { holdings[holding.site] = nil }
        ending[holding.site] = nil
        signal.signal()
    }

    /// The clock ends a term, whatever becomes of attempts to renew it.
    private func watchTerm() async {
        while !Task.isCancelled {
            let end = await lease.current?.end ?? .now + Self.pace
            try? await Task.sleep(until: end, clock: .continuous)
            await dropInvalid()
        }
    }

    private func dropInvalid() async {
        for holding in holdings.values where await !holding.isValid {
            if ending[holding.site] != nil {
                lose(holding, "the own lease was not renewed in time")
            } else if let since = holding.pausedSince {
                guard clock.elapsed() - since >= Self.longestPause else { continue }
                lose(holding, "the own lease could not be renewed for \(Self.longestPause)")
            } else {
                logger.warning(
                    "pauses at a site: the own lease was not renewed in time", metadata: ["site": "\(holding.site)"])
                holding.pause(at: clock.elapsed())
            }
        }
    }

    func step(_ demand: SiteDemand) async {
        await renew(isAlone: hasNoOthers(await mirror.records(.lease)))
        await dropInvalid()
        guard let term = await lease.current else { return nextRenewal = .zero }
        if membership != term.fence {
            // Whoever had no contact itself has not seen others fall silent.
            membership = term.fence
            seen = [:]
        }
        let leases = await mirror.records(.lease)
        await dropOverruled(leases)
        for holding in holdings.values where holding.pausedSince != nil { await resume(holding, under: term) }
        let members = await members(leases)
        let shares = shares(demand, leases, members)
        let plan = shares.plan
        for site in plan.take { await take(site, leases, membership: term.fence) }
        if let site = plan.giveUp, let holding = holdings[site] {
            lastHandover = clock.elapsed()
            ending[site] = true
            logger.notice("gives a site to another factory", metadata: ["site": "\(site)"])
            holding.end()
        }
        await freeLeft(leases, wanted: demand.all)
        for site in holdings.keys where !demand.all.contains(site) && ending[site] == nil {
            // Nothing is left to be done there.
            ending[site] = true
            holdings[site]?.end()
        }
    }

    /// At a third of the term; at once when others have come, who are to wait for no longer than they must.
    private func renew(isAlone: Bool) async {
        guard clock.elapsed() >= nextRenewal || wasAlone && !isAlone else { return }
        let seconds = isAlone ? Self.termAlone : Self.term
        nextRenewal = clock.elapsed() + .seconds(seconds) / 3
        do {
            _ = try await lease.contend(for: seconds)
            wasAlone = isAlone
        } catch {
            nextRenewal = clock.elapsed() + Self.pace
            logger.warning("the factory's lease cannot be renewed", metadata: ["reason": "\(error)"])
        }
    }

    /// Another one has the lease: it is lost, whatever the clock says.
    private func dropOverruled(_ leases: [EntityRecord]) async {
        for record in leases {
            guard let holding = holdings.values.first(where: { $0.fence.lease == record.name }),
                record.metadata.revision > holding.fence.revision, Fence(of: record) != holding.fence
            else { continue }
            lose(holding, "another factory took it")
        }
    }

    func lose(_ holding: SiteHolding, _ why: String) {
        guard holdings[holding.site] === holding else { return }
        logger.warning("lost a site", metadata: ["site": "\(holding.site)", "reason": "\(why)"])
        holdings[holding.site] = nil
        ending[holding.site] = false
        holding.end()
    }
}
