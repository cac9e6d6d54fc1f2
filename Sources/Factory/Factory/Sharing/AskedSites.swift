import InfoserviceAPI
import VC3Model

/// The sites that pilot sets name. A set is read only when it was written: with many at rest, whoever asks every second would
/// do little else.
actor AskedSites {
    private var known: [String: (revision: Revision, site: SiteID, isPersonal: Bool)] = [:]

    /// - Parameter records: All pilot sets.
    func demand(of records: [EntityRecord], remembered: Set<SiteID>) -> SiteDemand {
        let old = known
        known = [:]
        for record in records {
            if let seen = old[record.name], seen.revision == record.metadata.revision {
                known[record.name] = seen
            } else if let place = try? Entity<PilotSet>(record).spec.site {
                known[record.name] = (record.metadata.revision, SiteID(place), place.mfa == true)
            }
        }
        return SiteDemand(
            asked: Set(known.values.map(\.site)), remembered: remembered,
            personal: Set(known.values.filter(\.isPersonal).map(\.site)))
    }
}
