import InfoserviceAPI
import Logging
import VC3Model

/// What a Factory knows of the sites where there is something to do, and what it does between winning one and its first
/// turn there.
struct Takeover: Sendable {
    let infoservice: any Infoservice
    let fencing: @Sendable (Fence) -> any Infoservice
    let own: String
    let ledger: any PilotLedger
    let registry: SiteRegistry
    let mirror: EntityMirror
    let reconciler: PilotSetReconciler
    let logger: Logger
    /// Queues of files.
    var board = QueueBoard()
    let asked = AskedSites()

    /// The sites where there is something to do.
    func demand() async -> SiteDemand {
        await asked.demand(
            of: mirror.records(.pilotset),
            remembered: Set(await ledger.sites.keys).union(board.all.map { SiteID($0.site) }))
    }

    /// Forgets pilot sets that are gone and of which nothing is left at any site: whoever found that out may have ended, or lost
    /// the site, before it could say so. Those at a site that is held are left to it.
    ///
    /// - Returns: Their pilots, which are to be shown no more.
    func dropLeftSets() async throws -> Set<PilotID> {
        let contents = await ledger.contents()
        var present = Set(await mirror.records(.pilotset).map(\.name))
        present.formUnion(board.all.map(\.key))
        for record in contents.pilots.values where !record.isCleared { present.insert(record.pilotSet) }
        var gone: Set<String> = []
        for name in Set(contents.tallies.keys).union(contents.pilots.values.map(\.pilotSet)).subtracting(present)
        where await registry.home(of: name) == nil { gone.insert(name) }
        try await ledger.append(gone.sorted().map { .setRemoved(pilotSet: $0) })
        return Set(contents.pilots.values.filter { gone.contains($0.pilotSet) }.map(\.id))
    }

    func place(of site: SiteID) async -> PilotSite? {
        let sets = (try? await mirror.entities(PilotSet.self)) ?? []
        if let set = sets.first(where: { SiteID($0.spec.site) == site }) { return set.spec.site }
        if let queue = board.all.first(where: { SiteID($0.site) == site }) { return queue.site }
        return await ledger.sites[site]
    }

    /// Writes down what another Factory knew. Nobody but this one writes about the site's pilots any more.
    func inherit(_ holding: SiteHolding, at place: PilotSite) async throws {
        let contents = await ledger.contents()
        let sets = try await infoservice.entities(PilotSet.self).filter { SiteID($0.spec.site) == holding.site }
        let foreign = Inheritance.foreign(sets, contents: contents, own: own)
        if foreign.isEmpty { return }
        let pilots = try await infoservice.entities(Pilot.self)
        let entries = Inheritance.entries(at: holding.site, sets: foreign, pilots: pilots, contents: contents)
        // With the site: whoever is killed before it has been there knows that something of these pilots is left.
        try await ledger.append([.site(id: holding.site, place: place)] + entries)
        logger.notice(
            "took up what another factory left", metadata: ["site": "\(holding.site)", "entries": "\(entries.count)"])
    }

    /// Makes the site known to whoever works with sites.
    ///
    /// - Parameter contents: Of the ledger, as the site remembers it.
    /// - Returns: What has to be looked at now that it is there.
    func introduce(_ site: Site, under holding: SiteHolding, remembering contents: LedgerContents) async -> SiteChange {
        await registry.add(
            SiteRegistry.Held(site: site, infoservice: fencing(holding.fence)), remembering: contents)
        // A site that does not know of a set yet must not take it for deleted: all are told before it takes a turn.
        let present = ((try? await mirror.entities(PilotSet.self)) ?? []).filter {
            SiteID($0.spec.site) == holding.site
        }.map(\.name)
        let remembered = contents.pilots.values.filter { $0.site == holding.site }
        let own = board.all.filter { SiteID($0.site) == holding.site }.map(\.key)
        let sets = Set(present).union(own).union(remembered.map(\.pilotSet))
        for name in sets.sorted() { _ = try? await reconciler.reconcile(name) }
        return SiteChange(pilotSets: sets, pilots: Set(remembered.map(\.id)))
    }
}
