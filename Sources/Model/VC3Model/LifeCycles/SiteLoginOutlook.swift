/// What a person's login means for their allocation, and how it is told ahead that it ends.
public struct SiteLoginOutlook: Sendable, Equatable {
    public static let endsSoon = "EndsSoon"
    /// From when on its owner is told that a login ends: a fifth of its time before, but an hour at most.
    static let longestNotice = Duration.seconds(3600)

    public var isOpen: Bool
    public var reason: String
    public var message: String
    /// When something else will be true by itself.
    public var changes: Timestamp?

    public init(_ login: Entity<SiteLogin>?, of allocation: Entity<Allocation>, now: Timestamp) {
        let command = "vc3 site-login \(allocation.spec.resource)"
        let status = login?.status
        guard let status, status.state == SiteLogin.State.open.rawValue else {
            isOpen = false
            reason = "LoginNeeded"
            let words = status?.state_reason.map { "\($0); " } ?? ""
            message =
                words + "pilots that run go on by themselves; \(allocation.metadata.owner) logs in with: \(command)"
            return
        }
        isOpen = true
        reason = "LoggedIn"
        guard let since = status.since, let until = status.until else {
            message = "\(allocation.metadata.owner) is logged in, until the site ends it"
            return
        }
        let notice = until + (.zero - min((until - since) / 5, Self.longestNotice))
        message = "\(allocation.metadata.owner) is logged in until \(until.description.prefix(16))Z"
        guard now >= notice else {
            changes = notice
            return
        }
        reason = Self.endsSoon
        message += "; before that, log in again with: \(command) --again"
    }
}
