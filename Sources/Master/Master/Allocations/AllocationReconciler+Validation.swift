import Foundation
import VC3Commands
import VC3Model
import VC3Reconciling

extension AllocationReconciler {
    /// Phases `configured`, `ready` and `validation_failure`: tries the login when its owner asks, again and again
    /// while the host does not answer.
    func validate(_ allocation: Entity<Allocation>, isNew: Bool) async throws -> Outcome {
        guard allocation.status.conditions.isTrue(AllocationLifeCycle.keyMade) else {
            return .again(after: min(resync, .seconds(30)))
        }
        let resource = try await store.entity(Resource.self, allocation.spec.resource)
        if let resource, SiteRules.needsPerson(resource.spec) {
            return try await follow(allocation, resource, isNew: isNew)
        }
        guard isAsked(allocation) else { return .again(after: resync) }
        if let retryAt = allocation.status.conditions[AllocationLifeCycle.validated]?.retryAt {
            let wait = retryAt - clock.now()
            if wait > .zero, !isNew { return .again(after: wait) }
        }
        guard let resource else { return .again(after: resync) }
        var allocation = allocation
        let old = allocation.status
        allocation.status.conditions.remove(AllocationLifeCycle.loggedIn)
        let finding: Finding
        if SiteRules.isLocal(resource.spec) {
            finding = await here(resource)
        } else {
            if let obstacle = try await pinHostKeys(&allocation, resource) {
                finding = obstacle
            } else {
                finding = await there(allocation, resource) { try await keys.pair(of: allocation.name) }
            }
        }
        return try await save(answered(allocation, finding), old)
    }

    /// What a validation came to.
    enum Finding: Sendable, Equatable {
        case ready(String)
        /// No answer: tried again by itself.
        case noAnswer(String)
        case refused(reason: String, message: String, mender: Condition.Mender)
    }

    /// Where no key has to be installed, nobody needs to ask.
    private func isAsked(_ allocation: Entity<Allocation>) -> Bool {
        let isOpen = allocation.status.conditions[AllocationLifeCycle.validated] == nil
        return isOpen || allocation.spec.validate > allocation.status.validate_observed
    }

    func answered(_ allocation: Entity<Allocation>, _ finding: Finding) -> Entity<Allocation> {
        var allocation = allocation
        let type = AllocationLifeCycle.validated
        switch finding {
        case .ready(let message):
            allocation.status.conditions.set(condition(type, .yes, "LoggedIn", message))
            allocation.status.validate_observed = allocation.spec.validate
        case .refused(let reason, let message, let mender):
            allocation.status.conditions.set(condition(type, .no, reason, message, mender: mender))
            allocation.status.validate_observed = allocation.spec.validate
        case .noAnswer(let message):
            var new = condition(type, .no, "Unreachable", message, mender: .nobody)
            let since = allocation.status.conditions[type].flatMap { $0.reason == new.reason ? $0.since : nil }
            let delay = AllocationLifeCycle.retryDelay(failingSince: since ?? new.since, now: new.since)
            new.retryAt = new.since + delay
            new.message += "; tried again by itself"
            allocation.status.conditions.set(new)
        }
        return allocation
    }

    func save(_ allocation: Entity<Allocation>, _ old: Allocation.Status) async throws -> Outcome {
        var allocation = allocation
        derive(&allocation)
        let saved = try await store.save(allocation, was: old)
        if let retryAt = saved.status.conditions[AllocationLifeCycle.validated]?.retryAt {
            return .again(after: max(retryAt - clock.now(), .milliseconds(1)))
        }
        return .again(after: resync)
    }

    // MARK: - The look itself

    private func here(_ resource: Entity<Resource>) async -> Finding {
        let program = SiteRules.submitCommand(flavor: resource.spec.accessflavor)
        do throws(CommandError) {
            return judge(try await login.checkHere(program: program), program, place: "this machine")
        } catch {
            return .noAnswer(error.message)
        }
    }

    /// Logs in as the allocation says, with the key that `pair` gives.
    func there(
        _ allocation: Entity<Allocation>, _ resource: Entity<Resource>,
        with pair: () async throws -> AllocationKeys.Pair
    ) async -> Finding {
        let endpoint: SSHEndpoint
        switch self.endpoint(of: allocation, at: resource) {
        case .success(let found): endpoint = found
        case .failure(let obstacle): return obstacle.finding
        }
        guard let pair = try? await pair() else {
            return .noAnswer("the key of allocation \(allocation.name) cannot be read in \(keys.folder)")
        }
        let program = SiteRules.submitCommand(flavor: resource.spec.accessflavor)
        do throws(CommandError) {
            let findings = try await login.check(
                endpoint, key: pair.privateKey, folder: "\(sessionFolder)/\(allocation.name)", program: program)
            return judge(findings, program, place: "\(endpoint.target.user)@\(endpoint.target.host)")
        } catch {
            return await self.finding(error, at: endpoint, allocation: allocation.name)
        }
    }

    private func judge(_ findings: LoginFindings, _ program: String?, place: String) -> Finding {
        if let problem = findings.homeProblem {
            return .refused(
                reason: "HomeNotWritable",
                message: "the home of \(place) cannot be written: \(problem); free some space or raise its quota",
                mender: .user)
        }
        if let program, !findings.hasBatchSystem {
            return .refused(
                reason: "NoBatchSystem",
                message: "\(place) has no command \(program); correct the resource's accessflavor or accesshost",
                mender: .user)
        }
        let space = findings.freeMegabytes.map { ", \($0) MiB free in its home" } ?? ""
        return .ready("logged in as \(place)" + (program.map { ", found \($0)" } ?? "") + space)
    }
}
