import InfoserviceAPI
import Synchronization
import VC3Model

/// The right to work at one site, from winning its lease to losing it or giving it up.
///
/// While the Factory's own lease cannot be renewed it is *paused*: nothing is done at the site, and nothing there is given
/// up either. It goes on if nobody has taken the site meanwhile.
final class SiteHolding: Sendable {
    private struct State {
        var membership: Revision
        var pausedSince: Duration?
    }

    let site: SiteID
    /// The term of the site's lease: writes about the site's pilots are made under it, and the site itself refuses
    /// submissions under a lower one.
    let fence: Fence
    /// Whether somebody else may have worked there before.
    let isInherited: Bool
    private let lease: LeaderLease
    private let state: Mutex<State>
    private let ending = WakeSignal()
    private let turns = AsyncStream<Bool>.makeStream()

    /// - Parameter membership: The term of the Factory's own lease, which vouches for all of its sites.
    init(site: SiteID, fence: Fence, membership: Revision, isInherited: Bool, lease: LeaderLease) {
        self.site = site
        self.fence = fence
        self.isInherited = isInherited
        self.lease = lease
        state = Mutex(State(membership: membership))
    }

    /// Whether the lease is certainly held now, by the own clock.
    var isValid: Bool {
        get async { await lease.current?.fence == state.withLock(\.membership) }
    }

    /// Makes ``ended()`` return.
    func end() { ending.signal() }

    /// Returns when the work has to stop. One task waits.
    func ended() async { await ending.wait(atMost: nil) }

    /// Since when it is paused, by the clock of whoever shares the sites; `nil` while it is not.
    var pausedSince: Duration? { state.withLock(\.pausedSince) }

    /// Whether it pauses, each time that changes. One task follows.
    var pauses: AsyncStream<Bool> { turns.stream }

    func pause(at now: Duration) {
        guard pausedSince == nil else { return }
        state.withLock { $0.pausedSince = now }
        turns.continuation.yield(true)
    }

    /// Nobody else has had the site since.
    func resume(under membership: Revision) {
        state.withLock { $0 = State(membership: membership) }
        turns.continuation.yield(false)
    }

    /// Asked before every command at the site.
    func permit() async throws(SiteFailure) {
        guard await !isValid else { return }
        throw SiteFailure(
            reason: SiteFailure.leaseLost, message: "this factory does not hold the site's lease at the moment",
            mender: .nobody, isOurs: true)
    }
}

extension SiteFailure {
    /// The reason of whatever is not done because the site's lease is not certainly held.
    static let leaseLost = "LeaseLost"
}
