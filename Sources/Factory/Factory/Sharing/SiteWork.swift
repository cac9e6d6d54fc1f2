import InfoserviceAPI
import Logging
import VC3Model
import VC3Reconciling

/// Works at the sites that were won: takes up what others left there, then keeps the pilots, until the site is lost.
struct SiteWork: Sendable {
    let infoservice: any Infoservice
    let takeover: Takeover
    /// The folder of all Factories at sites.
    let siteFolder: String
    /// The own folder here.
    let stateFolder: String
    let bundle: WorkerBundle
    let payload: any PilotPayload
    let configuration: FactoryConfiguration
    let ledger: Ledger
    let census: FactoryCensus
    let registry: SiteRegistry
    let mirror: EntityMirror
    let queues: FactoryQueues
    let announcement: Announcement
    let clock: WallClock
    let logger: Logger

    /// Returns when the holding has ended, and the work with it.
    func run(at holding: SiteHolding) async {
        guard let place = await takeover.place(of: holding.site) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await holding.ended() }
            group.addTask { await work(at: place, holding) }
            await group.next()
            group.cancelAll()
        }
        await registry.remove(holding.site)
        census.leave([holding.site])
        for pilot in (try? await takeover.dropLeftSets()) ?? [] { await queues.pilots.add(pilot) }
        let wasLost = await !holding.isValid
        await announce { try await announcement.ended(place, lost: wasLost) }
    }

    private func work(at place: PilotSite, _ holding: SiteHolding) async {
        while !Task.isCancelled {
            do {
                try await takeover.inherit(holding, at: place)
                break
            } catch {
                logger.warning(
                    "a site is not taken up yet", metadata: ["site": "\(holding.site)", "reason": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
        if Task.isCancelled { return }
        let contents = await ledger.contents()
        let site = site(at: place, holding, contents)
        let change = await takeover.introduce(site, under: holding, remembering: contents)
        for name in change.pilotSets { await queues.pilotSets.add(name) }
        for pilot in change.pilots { await queues.pilots.add(pilot) }
        for log in await mirror.records(.pilotlog) { await queues.logs.add(log.name) }
        await announce { try await announcement.began(place) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await isPaused in holding.pauses { await site.pause(isPaused) } }
            await site.run()
            group.cancelAll()
        }
    }

    private func site(at place: PilotSite, _ holding: SiteHolding, _ contents: LedgerContents) -> Site {
        let connector = SiteConnector(
            infoservice: infoservice, folder: stateFolder + "/ssh", profileKey: configuration.profileKey,
            mappings: configuration.mappings, hostKeys: FirstHostKeys(folder: stateFolder + "/hostkeys", logger: logger)
        )
        let tokens = HeadNodeTokens(infoservice: infoservice, clock: clock, life: configuration.tokenLife)
        var settings = SiteSettings()
        settings.limits = configuration.limits
        settings.demand = configuration.demand
        settings.census = census
        settings.commandsPerMinute = configuration.commandsPerMinute
        settings.canaries = configuration.canaries
        settings.tokenLife = configuration.tokenLife
        settings.looks.waiting = configuration.longestLookWaiting
        settings.looks.resting = configuration.longestLookRunning
        settings.looks.quiet = configuration.longestLookQuiet
        if let keep = configuration.keepOutputs {
            let keeping = OutputKeeping(mirror: mirror, keep: keep, logger: logger)
            settings.keepOutputs = { await keeping.hand(on: $0) }
        }
        return Site(
            place: place, remembering: contents, ledger: ledger, tokens: tokens, settings: settings,
            clock: .system(clock), logger: logger, isSuspect: holding.isInherited
        ) { [payload, bundle, siteFolder] place in
            ShellSite(
                folder: siteFolder, site: SiteID(place), term: holding.fence.revision.rawValue,
                bundle: place.type == FileQueue.siteType ? nil : bundle,
                payload: payload
            ) { () async throws(SiteFailure) in
                try await holding.permit()
            } connector: { () async throws(SiteFailure) in
                try await connector.connect(place)
            }
        } onChange: { [queues] change in
            for name in change.pilotSets { await queues.pilotSets.add(name) }
            for pilot in change.pilots { await queues.pilots.add(pilot) }
        }
    }

    /// What is shown is of no importance to the work.
    private func announce(_ write: () async throws -> Void) async {
        do { try await write() } catch {
            logger.debug("the sites are not shown", metadata: ["reason": "\(error)"])
        }
    }
}
