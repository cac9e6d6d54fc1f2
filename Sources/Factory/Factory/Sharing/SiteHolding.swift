import InfoserviceAPI
import VC3Model

/// The right to work at one site, from winning its lease to losing it or giving it up.
final class SiteHolding: Sendable {
    let site: SiteID
    /// The term of the site's lease: writes about the site's pilots are made under it, and the site itself refuses
    /// submissions under a lower one.
    let fence: Fence
    /// The term of the Factory's own lease, which vouches for all of its sites.
    let membership: Revision
    /// Whether somebody else may have worked there before.
    let isInherited: Bool
    private let lease: LeaderLease
    private let ending = WakeSignal()

    init(site: SiteID, fence: Fence, membership: Revision, isInherited: Bool, lease: LeaderLease) {
        self.site = site
        self.fence = fence
        self.membership = membership
        self.isInherited = isInherited
        self.lease = lease
    }

    /// Whether the lease is certainly held now, by the own clock.
    var isValid: Bool {
        get async { await lease.current?.fence == membership }
    }

    /// Makes ``ended()`` return.
    func end() { ending.signal() }

    /// Returns when the work has to stop. One task waits.
    func ended() async { await ending.wait(atMost: nil) }

    /// Asked before every command at the site.
    func permit() async throws(SiteFailure) {
        guard await !isValid else { return }
        throw SiteFailure(
            reason: "LeaseLost", message: "this factory does not hold the site's lease any more", mender: .nobody,
            isOurs: true)
    }
}
