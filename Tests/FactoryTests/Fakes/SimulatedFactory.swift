import InfoserviceAPI
import Logging
import VC3Model
import VC3Reconciling

@testable import Factory

/// One start of a Factory among others: its copy of the Infoservice, its share of the sites, and what it does at them, one
/// step after the other as somebody lets it.
///
/// It does by turns what ``Factory/run()`` does at the same time. What takes long in one of its parts holds up this part only.
actor SimulatedFactory {
    private enum Part: Hashable { case sharing, publishing, site(SiteID) }

    /// A site that it works at.
    private struct Work {
        var holding: SiteHolding
        /// `nil` while what others left there is not written down yet.
        var site: Site?
    }

    nonisolated let number: Int
    nonisolated let name: String
    private let world: FakeWorld
    private let store: InMemoryInfoservice
    private let incarnation: Int
    private let registry = SiteRegistry()
    private let mirror: EntityMirror
    private let sharing: SiteSharing
    private let pilotSets: PilotSetReconciler
    private let pilots: PilotReconciler
    private let takeover: Takeover
    private let ledger: FakeLedger
    private let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    private let changes = ChangeBox()

    private var works: [SiteID: Work] = [:]
    /// What is under way, up to a point where it takes its time.
    private var busy: Set<Part> = []
    /// How much of the history it knows; `nil` until it has a first copy.
    private var known: Int?
    private var nextSharing = Duration.zero
    private var made = 0
    private var isFollowing = true

    init(number: Int, world: FakeWorld, store: InMemoryInfoservice) async {
        self.number = number
        self.world = world
        self.store = store
        name = "f\(number)"
        let incarnation = await world.begin(number)
        self.incarnation = incarnation
        let caller = FakeWorld.Caller(factory: number, incarnation: incarnation)
        let infoservice = FakeInfoservice(store: store, world: world, caller: caller)
        let clock = world.clock.site.anchored()
        mirror = EntityMirror(source: infoservice, kinds: FactoryQueues.kinds)
        sharing = SiteSharing(infoservice, mirror: mirror, own: name, clock: clock, logger: logger)
        ledger = FakeLedger(world: world, incarnation: incarnation, factory: number)
        let unjudged = UnjudgedPilots { [changes] in changes.add(SiteChange(pilots: $0)) }
        pilotSets = PilotSetReconciler(
            mirror: mirror, registry: registry, sharing: sharing, unjudged: unjudged, factory: name, clock: clock.wall)
        pilots = PilotReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger, unjudged: unjudged,
            factory: name)
        takeover = Takeover(
            infoservice: infoservice,
            fencing: { FakeInfoservice(store: store, world: world, caller: caller, fence: $0) }, own: name,
            ledger: ledger, registry: registry, mirror: mirror, reconciler: pilotSets, logger: logger)
    }

    /// The sites that it has, by its own account.
    var held: Set<SiteID> { get async { Set(await sharing.holdings.keys) } }

    /// Ends in order.
    func leave() async { await sharing.leave() }

    /// Does what is due now in all parts that are not under way.
    ///
    /// - Returns: How long nothing will be due.
    func step() async -> Duration {
        await once(.sharing) { await self.share() }
        await once(.publishing) { await self.publish() }
        var due = Duration.seconds(1)
        for id in works.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            if let site = works[id]?.site, let pause = await once(.site(id), { await self.turn(site) }) ?? nil {
                due = min(due, pause)
            }
        }
        await once(.publishing) { await self.publish() }
        return due
    }

    @discardableResult
    private func once<Answer: Sendable>(_ part: Part, _ body: () async -> Answer) async -> Answer? {
        guard busy.insert(part).inserted else { return nil }
        defer { busy.remove(part) }
        return await body()
    }

    // MARK: - The copy

    private func follow() async {
        if await world.happens(.lateWatch) { return }
        let history = await store.history
        guard let known else {
            guard let keys = try? await mirror.fill() else { return }
            self.known = await store.history.count
            for key in keys { note(key) }
            // What happened while it was filled.
            for event in await store.history[history.count...] { if let key = await mirror.apply(event) { note(key) } }
            await dropLeftSets()
            return
        }
        for event in history[known...] where event.kind.map(FactoryQueues.kinds.contains) == true {
            if let key = await mirror.apply(event) { note(key) }
        }
        self.known = history.count
    }

    private func note(_ key: EntityKey) {
        if key.kind == .pilotset { changes.add(SiteChange(pilotSets: [key.name])) }
        if key.kind == .pilot { changes.add(SiteChange(pilots: [PilotID(rawValue: key.name)])) }
    }

    // MARK: - Its share

    private func share() async {
        await follow()
        let now = await world.now
        guard known != nil, now >= nextSharing else { return }
        nextSharing = now + SiteSharing.pace
        await sharing.step(await takeover.demand())
        for (id, holding) in await sharing.holdings where works[id] == nil { works[id] = Work(holding: holding) }
        for (_, work) in works.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            await work.site?.pause(work.holding.pausedSince != nil)
        }
        let ending = await sharing.ending
        for (id, work) in works.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where ending[id] != nil {
            await once(.site(id)) {
                works[id] = nil
                await registry.remove(id)
                await dropLeftSets()
                await world.note("factory \(number): leaves \(id)")
                await sharing.finished(work.holding)
            }
        }
        for (id, work) in works.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where work.site == nil {
            await once(.site(id)) { await begin(at: id, work.holding) }
        }
    }

    private func dropLeftSets() async {
        guard let pilots = try? await takeover.dropLeftSets() else { return }
        changes.add(SiteChange(pilots: pilots))
    }

    private func begin(at id: SiteID, _ holding: SiteHolding) async {
        guard let place = await takeover.place(of: id) else {
            works[id] = nil
            return await sharing.finished(holding)
        }
        await world.note("factory \(number): begins at \(place.host ?? "") under \(holding.fence)")
        do { try await takeover.inherit(holding, at: place) } catch { return }
        let contents = await ledger.contents()
        let site = makeSite(place, holding, contents)
        works[id] = Work(holding: holding, site: site)
        changes.add(await takeover.introduce(site, under: holding, remembering: contents))
    }

    private func makeSite(_ place: PilotSite, _ holding: SiteHolding, _ contents: LedgerContents) -> Site {
        var settings = SiteSettings()
        let counter = CountBox()
        let (number, incarnation, term) = (number, incarnation, holding.fence.revision.rawValue)
        settings.newPilot = {
            counter.add()
            return PilotID(rawValue: "\(number)-\(incarnation)-\(term)-\(counter.value)")
        }
        let index = SharedSimulation.places.firstIndex(of: place) ?? 0
        return Site(
            place: place, remembering: contents, ledger: ledger, tokens: FakeTokens(), settings: settings,
            clock: world.clock.site.anchored(), logger: logger, isSuspect: holding.isInherited
        ) { [world] _ in
            FakeAccess(
                world: world, incarnation: incarnation, site: index, factory: number, term: term,
                permit: { () async throws(SiteFailure) in try await holding.permit() })
        } onChange: { [changes] in
            changes.add($0)
        }
    }

    // MARK: - Its work

    private func turn(_ site: Site) async -> Duration? {
        await believe(site)
        if await world.draw(1...20) == 1 { isFollowing.toggle() }
        _ = site.pulse.note(isFollowing, at: world.clock.elapsed)
        if isFollowing, await !site.isPaused, await !world.hasCrashed(number) {
            let index = SharedSimulation.places.map(SiteID.init).firstIndex(of: site.id) ?? 0
            for event in await world.takeEvents(at: index) { await site.hear(event) }
        }
        return await site.turn()
    }

    private func believe(_ site: Site) async {
        let isAlone = busy.count { if case .site = $0 { true } else { false } } == 1
        await world.believe(await site.sets.mapValues(\.wanted), number, isAlone: isAlone)
    }

    /// One turn of each pilot set and pilot that has changed; those that fail come again.
    private func publish() async {
        let due = changes.take()
        for name in due.pilotSets.sorted() {
            let outcome = try? await pilotSets.reconcile(name)
            if outcome != .done { changes.add(SiteChange(pilotSets: [name])) }
        }
        for pilot in due.pilots.sorted() where (try? await pilots.reconcile(pilot)) == nil {
            changes.add(SiteChange(pilots: [pilot]))
        }
    }
}

extension WatchEvent {
    fileprivate var kind: EntityKind? {
        switch self {
        case .changed(let record), .removed(let record), .shared(let record, _): record.metadata.kind
        case .heartbeat: nil
        }
    }
}
