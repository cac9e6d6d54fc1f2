public import InfoserviceAPI
public import Logging
public import VC3Model

import VC3Reconciling

/// Keeps the wanted number of pilots alive at each site; loses, doubles and orphans none.
///
/// Pilot sets are what it is told, their status is what it tells. What it does at sites is in its ledger before it is
/// done, so it may be killed at any moment; the next one with the same state folder goes on, and so does another one that
/// takes its sites over. Several of them share the sites by leases.
public struct Factory: Sendable {
    private let infoservice: any Infoservice
    private let fencing: @Sendable (Fence) -> any Infoservice
    private let configuration: FactoryConfiguration
    private let clock: WallClock
    private let logger: Logger
    private let payload: any PilotPayload

    /// - Parameters:
    ///   - infoservice: As seen by the role ``Role/factory``.
    ///   - fencing: The same, for writes under a term of a lease.
    public init(
        infoservice: any Infoservice, fencing: @escaping @Sendable (Fence) -> any Infoservice,
        configuration: FactoryConfiguration, clock: WallClock, logger: Logger
    ) {
        self.init(
            infoservice: infoservice, fencing: fencing, configuration: configuration, clock: clock, logger: logger,
            payload: GlideinPayload())
    }

    init(
        infoservice: any Infoservice, fencing: @escaping @Sendable (Fence) -> any Infoservice,
        configuration: FactoryConfiguration, clock: WallClock, logger: Logger, payload: any PilotPayload
    ) {
        self.infoservice = infoservice
        self.fencing = fencing
        self.configuration = configuration
        self.clock = clock
        var logger = logger
        logger[metadataKey: "part"] = "factory"
        self.logger = logger
        self.payload = payload
    }

    /// Works until cancelled, at its share of the sites. Pilots keep running afterwards.
    ///
    /// - Throws: ``LedgerError`` or ``FactoryConfigurationError`` when it cannot begin; afterwards nothing but
    ///   `CancellationError`.
    public func run() async throws {
        let folder = configuration.state + "/factory"
        let ledger = try await Ledger.opened(folder: folder + "/ledger")
        if ledger.tornBytes > 0 {
            logger.warning("cut an unfinished line off the ledger", metadata: ["bytes": "\(ledger.tornBytes)"])
        }
        let (id, isOld) = try await FactoryIdentity.kept(in: folder)
        let siteFolder = try await siteFolder(id: id, isOld: isOld)
        let bundle = try await WorkerBundle.opened(configuration.bundle)
        let queues = FactoryQueues()
        let remembered = await ledger.contents().pilots.values.filter { !$0.hasEnded }
        let census = FactoryCensus(
            most: configuration.mostPilots,
            remembered: Dictionary(remembered.map { ($0.site, 1) }, uniquingKeysWith: +))
        let registry = SiteRegistry()
        let mirror = EntityMirror(source: infoservice, kinds: FactoryQueues.kinds)
        let sharing = SiteSharing(infoservice, mirror: mirror, own: id, clock: .system(clock), logger: logger)
        let unjudged = UnjudgedPilots { pilots in for pilot in pilots { await queues.pilots.add(pilot) } }
        let reconciler = PilotSetReconciler(
            mirror: mirror, registry: registry, sharing: sharing, unjudged: unjudged, factory: id, clock: clock,
            fileQueues: QueueReconciler(board: configuration.fileQueues, registry: registry, sharing: sharing))
        let pilots = PilotReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger, unjudged: unjudged,
            factory: id)
        let logs = PilotLogReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry, ledger: ledger, clock: clock)
        let takeover = Takeover(
            infoservice: infoservice, fencing: fencing, own: id, ledger: ledger, registry: registry, mirror: mirror,
            reconciler: reconciler, logger: logger, board: configuration.fileQueues)
        let work = SiteWork(
            infoservice: infoservice, takeover: takeover, siteFolder: siteFolder, stateFolder: folder,
            bundle: bundle, payload: payload, configuration: configuration, ledger: ledger, census: census,
            registry: registry, mirror: mirror, queues: queues,
            announcement: Announcement(infoservice, factory: id, clock: clock), clock: clock, logger: logger)
        logger.info("factory starts", metadata: ["id": "\(id)", "folder": "\(siteFolder)"])
        let desk = SiteLoginDesk()
        let logins = SiteLoginReconciler(
            infoservice: infoservice, mirror: mirror, registry: registry,
            connector: SiteConnector(infoservice: infoservice, folder: folder + "/ssh"), sharing: sharing, desk: desk,
            factory: id, clock: clock, logger: logger, onChange: { name in await queues.logins.add(name) })

        let outcome: Result<Void, any Error>
        do {
            let observed = ObservedFactory(id: id, since: clock.now(), ledger: ledger, registry: registry)
            try await configuration.observation.showing({ await observed.report(naming: $0) }) {
                try await keep(
                    work, sharing, queues, mirror, reconciler, pilots, logs, logins, desk, heartbeat(of: observed))
            }
            outcome = .success(())
        } catch { outcome = .failure(error) }
        await leave(sharing)
        try outcome.get()
        try Task.checkCancellation()
    }

    /// Lets others have the sites at once; if the Infoservice does not answer, they take them when the term is over.
    private func leave(_ sharing: SiteSharing) async {
        // A cancelled task cannot write; this one is waited for, but not for ever.
        let leaving = Task { await sharing.leave() }
        let limit = Task {
            try await Task.sleep(for: .seconds(3))
            leaving.cancel()
        }
        await leaving.value
        limit.cancel()
    }

    private func keep(
        _ work: SiteWork, _ sharing: SiteSharing, _ queues: FactoryQueues, _ mirror: EntityMirror,
        _ reconciler: PilotSetReconciler, _ pilots: PilotReconciler, _ logs: PilotLogReconciler,
        _ logins: SiteLoginReconciler, _ desk: SiteLoginDesk, _ heartbeat: ProvisionerHeartbeat
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await mirror.run { key in await queues.add(key) } }
            await mirror.filled()
            for pilot in try await work.takeover.dropLeftSets() { await queues.pilots.add(pilot) }
            group.addTask { await loop("pilotset", reconciler, queues.pilotSets).run() }
            group.addTask {
                for await keys in configuration.fileQueues.news { for key in keys { await queues.pilotSets.add(key) } }
                // The stream ends with the task alone.
                try await Task.sleep(for: .seconds(1))
            }
            group.addTask { await loop("pilot", pilots, queues.pilots).run() }
            group.addTask { await loop("pilotlog", logs, queues.logs).run() }
            group.addTask { try await heartbeat.run() }
            group.addTask {
                try await sharing.run {
                    work.census.leave(await sharing.others)
                    return await work.takeover.demand()
                }
            }
            group.addTask { await loop("sitelogin", logins, queues.logins).run() }
            group.addTask {
                await withDiscardingTaskGroup { attempts in
                    for await attempt in desk.started { attempts.addTask { await attempt.run() } }
                }
            }
            group.addTask {
                await withDiscardingTaskGroup { sites in
                    for await holding in sharing.won {
                        sites.addTask {
                            await work.run(at: holding)
                            await sharing.finished(holding)
                        }
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// What the folder at sites is called: agreed with the other Factories. Until something is agreed it is what pilots
    /// of an older release are in: those of this Factory, or of the only one that pilot sets name.
    private func siteFolder(id: String, isOld: Bool) async throws -> String {
        var proposal = id
        if !isOld {
            let named = try await namedFactories().filter { EntityName.problem(with: $0) == nil }
            if named.count == 1, let only = named.first { proposal = only }
        }
        return try await SiteFolder.agreed(infoservice, proposing: proposal)
    }

    private func heartbeat(of observed: ObservedFactory) -> ProvisionerHeartbeat {
        ProvisionerHeartbeat(
            infoservice: infoservice, identity: configuration.appearance, clock: clock, logger: logger,
            report: { await observed.report() }, remarks: configuration.remarks,
            taken: { await observed.noteHeartbeat($0) })
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
}
