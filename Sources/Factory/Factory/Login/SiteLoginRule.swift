import VC3Model

/// What is to be done about a person's login, decided from what is wanted, what was told and what is there.
enum SiteLoginRule {
    /// What this process knows of an attempt to log in.
    enum Attempt: Sendable, Equatable {
        case connecting
        case asking(SiteLogin.Question)
        case succeeded
        case failed(String)
    }

    enum Step: Sendable, Equatable {
        /// Log out and let the entity go.
        case remove
        /// Log out, and give up an attempt.
        case end(String)
        /// Ask the site for a login; its number.
        case begin(Int)
        /// Nobody does what the status tells of: a Factory that did has ended.
        case giveUp(String)
        /// Tell how far the attempt is; pass the answer on, if there is one.
        case show(Attempt)
        /// Look whether the connection lives.
        case check
        case rest
    }

    /// Why a login that was open has no connection.
    ///
    /// - Parameter own: The Factory that looks for it.
    static func whyGone(_ status: SiteLogin.Status, own: String) -> String {
        status.factory.map { $0 == own } ?? true
            ? "the connection has ended, by the site or on the way"
            : "the connection was at another factory, from which this one has taken the site over"
    }

    static func step(
        _ spec: SiteLogin.Spec, _ status: SiteLogin.Status, isDeleting: Bool, attempt: Attempt?, now: Timestamp
    ) -> Step {
        if isDeleting { return .remove }
        if spec.end > status.end_observed { return .end("ended by its owner") }
        if let attempt { return .show(attempt) }
        switch SiteLogin.State(rawValue: status.state) {
        case .connecting, .asking: return .giveUp("the factory was started anew during the login")
        case .open where status.until.map({ $0 <= now }) == true && spec.open <= status.open_observed:
            return .end("the time of the login is over")
        default: break
        }
        if spec.open > status.open_observed { return .begin(spec.open) }
        return status.state == SiteLogin.State.open.rawValue ? .check : .rest
    }
}
