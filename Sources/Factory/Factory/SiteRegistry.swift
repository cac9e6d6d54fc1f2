import InfoserviceAPI
import VC3Model

/// The sites that this Factory holds, one for each account.
actor SiteRegistry {
    /// A site and the way to write about it: under its lease.
    struct Held: Sendable {
        var site: Site
        var infoservice: any Infoservice
    }

    private var sites: [SiteID: Held] = [:]
    private var homes: [String: SiteID] = [:]

    /// - Parameter contents: Of the ledger: which pilot sets have pilots there.
    func add(_ held: Held, remembering contents: LedgerContents) {
        sites[held.site.id] = held
        // Where pilots may still be counts more than where some have been.
        let records = contents.pilots.values.filter { $0.site == held.site.id }
        for record in records where !record.isCleared || homes[record.pilotSet] == nil {
            homes[record.pilotSet] = record.site
        }
    }

    func remove(_ id: SiteID) {
        sites[id] = nil
        homes = homes.filter { $0.value != id }
    }

    /// How the work goes, site by site, in the order of their names.
    func reports(naming jobs: Bool = false) async -> [SiteReport] {
        var reports: [SiteReport] = []
        for held in sites.values { reports.append(await held.site.report(naming: jobs)) }
        return reports.sorted { ($0.name, $0.id.rawValue) < ($1.name, $1.id.rawValue) }
    }

    func held(_ id: SiteID) -> Held? { sites[id] }

    /// Where the pilot set has or had pilots.
    func home(of pilotSet: String) -> Held? { homes[pilotSet].flatMap { sites[$0] } }

    func settle(_ pilotSet: String, at site: SiteID) { homes[pilotSet] = site }

    func forget(_ pilotSet: String) { homes[pilotSet] = nil }
}
