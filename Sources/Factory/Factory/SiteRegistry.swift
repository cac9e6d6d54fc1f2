import Logging
import VC3Model

/// The sites that the Factory works at, one for each account.
actor SiteRegistry {
    typealias Maker = @Sendable (PilotSite, LedgerContents) -> Site

    private let make: Maker
    private let starts: AsyncStream<Site>.Continuation
    /// Sites in the order of their making, to be run by the Factory.
    nonisolated let started: AsyncStream<Site>
    private var sites: [SiteID: Site] = [:]
    private var homes: [String: SiteID] = [:]

    init(make: @escaping Maker) {
        self.make = make
        (started, starts) = AsyncStream<Site>.makeStream()
    }

    /// Makes the sites that the ledger remembers, with the pilot sets that have pilots there.
    func restore(_ contents: LedgerContents) {
        for place in contents.sites.values { _ = site(at: place, contents) }
        // Where pilots may still be counts more than where some have been.
        let records = contents.pilots.values
        for record in records where record.isCleared { homes[record.pilotSet] = record.site }
        for record in records where !record.isCleared { homes[record.pilotSet] = record.site }
    }

    /// The site of a place, made from what the ledger knows if it is new.
    func site(at place: PilotSite, remembering ledger: any PilotLedger) async -> Site {
        if let site = sites[SiteID(place)] { return site }
        return site(at: place, await ledger.contents())
    }

    private func site(at place: PilotSite, _ contents: LedgerContents) -> Site {
        let id = SiteID(place)
        if let site = sites[id] { return site }
        let site = make(place, contents)
        sites[id] = site
        starts.yield(site)
        return site
    }

    func site(_ id: SiteID) -> Site? { sites[id] }

    /// Where the pilot set has or had pilots.
    func home(of pilotSet: String) -> Site? { homes[pilotSet].flatMap { sites[$0] } }

    func settle(_ pilotSet: String, at site: Site) { homes[pilotSet] = site.id }

    func forget(_ pilotSet: String) { homes[pilotSet] = nil }
}
