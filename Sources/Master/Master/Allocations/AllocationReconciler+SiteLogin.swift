import VC3Model
import VC3Reconciling

extension AllocationReconciler {
    /// At a site where only a person can log in nothing is tried from here: hosts lock accounts at which logins fail. The
    /// owner's login, which the Factory tells of, is the validation.
    func follow(
        _ allocation: Entity<Allocation>, _ resource: Entity<Resource>, isNew: Bool
    ) async throws -> Outcome {
        var allocation = allocation
        let problems = SiteRules.problems(with: resource)
        guard problems.isEmpty else {
            // Before anything is asked for: where a gateway stands before the site, asking for a host's key is a login.
            let old = allocation.status
            allocation.status.conditions.remove(AllocationLifeCycle.loggedIn)
            return try await save(answered(allocation, badResource(problems)), old)
        }
        // The host's key is asked for without a login; a host that gives no answer is left alone for a while.
        let known = allocation.status.conditions[AllocationLifeCycle.validated]
        let retryAt = known?.retryAt
        if let retryAt, retryAt > clock.now(), !isNew { return .again(after: retryAt - clock.now()) }
        if let obstacle = try await pinHostKeys(&allocation, resource) {
            let old = allocation.status
            return try await save(answered(allocation, obstacle), old)
        }
        let old = allocation.status
        let outlook = SiteLoginOutlook(
            try await store.entity(SiteLogin.self, allocation.name), of: allocation, now: clock.now())
        allocation.status.hostkey_fingerprints = hostKeyFingerprints(of: allocation, at: resource)
        allocation.status.conditions.set(
            condition(
                AllocationLifeCycle.loggedIn, outlook.isOpen ? .yes : .no, outlook.reason, outlook.message,
                mender: outlook.isOpen ? nil : .user))
        let wasValidated = allocation.status.conditions.isTrue(AllocationLifeCycle.validated)
        if retryAt != nil || known?.reason == Self.badResource {
            allocation.status.conditions.set(
                condition(
                    AllocationLifeCycle.validated, .unknown, "WaitingForLogin", "nobody has logged in yet",
                    mender: .user))
        }
        let isAsked = allocation.spec.validate > allocation.status.validate_observed
        if outlook.isOpen, !wasValidated {
            allocation = answered(allocation, .ready("\(allocation.metadata.owner) has logged in"))
        } else if isAsked, !wasValidated {
            allocation = answered(allocation, .refused(reason: outlook.reason, message: outlook.message, mender: .user))
        } else if isAsked {
            // What a login showed once holds; whether there is one now, the other condition tells.
            allocation.status.validate_observed = allocation.spec.validate
        }
        let outcome = try await save(allocation, old)
        guard let changes = outlook.changes, case .again(let later) = outcome else { return outcome }
        return .again(after: min(later, max(changes - clock.now(), .seconds(1))))
    }
}
