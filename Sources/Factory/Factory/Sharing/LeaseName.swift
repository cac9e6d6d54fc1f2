import VC3Model

/// Names of the leases by which Factories share sites.
///
/// A Factory renews one lease, its own. Those of its sites name it as their holder, are written when they change hands
/// only, and are good for as long as its own is: so the cost of sharing does not grow with the number of sites.
enum LeaseName {
    static func member(_ factory: String) -> String { "factory.\(factory)" }
    static func site(_ site: SiteID) -> String { "site.\(site)" }

    /// The Factory whose lease it is.
    static func factory(of lease: String) -> String? {
        lease.hasPrefix("factory.") ? String(lease.dropFirst("factory.".count)) : nil
    }

    /// The site whose lease it is.
    static func site(of lease: String) -> SiteID? {
        lease.hasPrefix("site.") ? SiteID(rawValue: String(lease.dropFirst("site.".count))) : nil
    }
}
