public import InfoserviceAPI
public import Logging
public import VC3Model

import VC3Reconciling

/// Keeps the wanted number of pilots alive at each site; loses, doubles and orphans none.
///
/// Pilot sets are what it is told, their status is what it tells. What it does at sites is in its ledger before it is
/// done, so it may be killed at any moment; the next one with the same state folder goes on.
public struct Factory: Sendable {
    private let infoservice: any Infoservice
    private let configuration: FactoryConfiguration
    private let clock: WallClock
    private let logger: Logger
    private let payload: any PilotPayload

    /// - Parameter infoservice: As seen by the role ``Role/factory``.
    public init(
        infoservice: any Infoservice, configuration: FactoryConfiguration, clock: WallClock, logger: Logger
    ) {
        self.init(
            infoservice: infoservice, configuration: configuration, clock: clock, logger: logger,
            payload: GlideinPayload())
    }

    init(
        infoservice: any Infoservice, configuration: FactoryConfiguration, clock: WallClock, logger: Logger,
        payload: any PilotPayload
    ) {
        self.infoservice = infoservice
        self.configuration = configuration
        self.clock = clock
        var logger = logger
        logger[metadataKey: "part"] = "factory"
        self.logger = logger
        self.payload = payload
    }

    /// Works until cancelled. Pilots keep running afterwards.
    ///
    /// - Throws: ``LedgerError`` or ``FactoryConfigurationError`` when it cannot begin; afterwards nothing but
    ///   `CancellationError`.
    public func run() async throws {
        let folder = configuration.state + "/factory"
        let ledger = try await Ledger.opened(folder: folder + "/ledger")
        if ledger.tornBytes > 0 {
            logger.warning("cut an unfinished line off the ledger", metadata: ["bytes": "\(ledger.tornBytes)"])
        }
        let id = try await FactoryIdentity.kept(in: folder) { try await namedFactories() }
        let bundle = try await WorkerBundle.opened(configuration.bundle)
        let queues = Queues()
        let registry = registry(id: id, bundle: bundle, ledger: ledger, folder: folder, queues: queues)
        let mirror = EntityMirror(source: infoservice, kinds: Queues.kinds)
        let reconciler = PilotSetReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger, factory: id, clock: clock)
        let pilots = PilotReconciler(infoservice: infoservice, mirror: mirror, ledger: ledger, factory: id)
        let logs = PilotLogReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger, clock: clock)
        logger.info("factory starts", metadata: ["id": "\(id)"])

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await mirror.run { key in await queues.add(key) } }
            await mirror.filled()
            try await restore(ledger, registry, mirror, reconciler)
            for pilot in await ledger.contents().pilots.keys { await queues.pilots.add(pilot) }
            group.addTask { await loop("pilotset", reconciler, queues.pilotSets).run() }
            group.addTask { await loop("pilot", pilots, queues.pilots).run() }
            group.addTask { await loop("pilotlog", logs, queues.logs).run() }
            group.addTask {
                await withDiscardingTaskGroup { sites in
                    for await site in registry.started { sites.addTask { await site.run() } }
                }
            }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    /// The factories that pilot sets name, once the Infoservice answers.
    private func namedFactories() async throws -> Set<String> {
        while true {
            do {
                return Set(try await infoservice.entities(PilotSet.self).compactMap(\.status.factory))
            } catch let error as VC3Error where error.code == .unavailable {
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func loop<R: Reconciler>(_ name: String, _ reconciler: R, _ queue: WorkQueue<R.Key>) -> ReconcileLoop<R> {
        ReconcileLoop(name: name, reconciler: reconciler, workers: configuration.writers, logger: logger, queue: queue)
    }

    private func registry(
        id: String, bundle: WorkerBundle, ledger: Ledger, folder: String, queues: Queues
    ) -> SiteRegistry {
        let connector = SiteConnector(infoservice: infoservice, folder: folder + "/ssh")
        let tokens = HeadNodeTokens(infoservice: infoservice, clock: clock, slack: configuration.tokenSlack)
        var settings = SiteSettings()
        settings.limits = configuration.limits
        settings.commandsPerMinute = configuration.commandsPerMinute
        settings.tokenRenewal = configuration.tokenRenewal
        settings.looks.waiting = configuration.longestLookWaiting
        settings.looks.resting = configuration.longestLookRunning
        let siteClock = SiteClock.system(clock)
        return SiteRegistry { [payload, settings, logger] place, contents in
            Site(
                place: place, remembering: contents, ledger: ledger, tokens: tokens, settings: settings,
                clock: siteClock, logger: logger
            ) { place in
                ShellSite(factory: id, site: SiteID(place), bundle: bundle, payload: payload) {
                    () async throws(SiteFailure) in try await connector.connect(place)
                }
            } onChange: { change in
                for name in change.pilotSets { await queues.pilotSets.add(name) }
                for pilot in change.pilots { await queues.pilots.add(pilot) }
            }
        }
    }

    /// Tells each remembered site what its pilot sets want before any site takes a turn: a site that does not know of
    /// a set yet must not take it for deleted.
    private func restore(
        _ ledger: Ledger, _ registry: SiteRegistry, _ mirror: EntityMirror, _ reconciler: PilotSetReconciler
    ) async throws {
        let contents = await ledger.contents()
        await registry.restore(contents)
        let present = try await mirror.entities(PilotSet.self).map(\.name)
        for name in present { _ = try? await reconciler.reconcile(name) }
        let absent = Set(contents.pilots.values.map(\.pilotSet)).subtracting(present)
        for name in absent { _ = try? await reconciler.reconcile(name) }
        let over = Set(contents.tallies.keys).subtracting(present).subtracting(absent)
        try? await ledger.append(over.sorted().map { .setRemoved(pilotSet: $0) })
    }
}

/// What needs a look, by kind.
private struct Queues: Sendable {
    static let kinds: Set<EntityKind> = [.pilotset, .pilot, .pilotlog]

    let pilotSets = WorkQueue<String>()
    let pilots = WorkQueue<PilotID>()
    let logs = WorkQueue<String>()

    func add(_ key: EntityKey) async {
        switch key.kind {
        case .pilot: await pilots.add(PilotID(rawValue: key.name))
        case .pilotlog: await logs.add(key.name)
        default: await pilotSets.add(key.name)
        }
    }
}
