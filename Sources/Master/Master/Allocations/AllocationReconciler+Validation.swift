import Foundation
import VC3Commands
import VC3Model
import VC3Reconciling

extension AllocationReconciler {
    /// Phases `configured`, `ready` and `validation_failure`: tries the login when its owner asks, again and again
    /// while the host does not answer.
    func validate(_ allocation: Entity<Allocation>) async throws -> Outcome {
        guard allocation.status.conditions.isTrue(AllocationLifeCycle.keyMade) else {
            return .again(after: min(resync, .seconds(30)))
        }
        guard isAsked(allocation) else { return .again(after: resync) }
        if let retryAt = allocation.status.conditions[AllocationLifeCycle.validated]?.retryAt {
            let wait = retryAt - clock.now()
            if wait > .zero, !isNewQuestion(allocation) { return .again(after: wait) }
        }
        guard let resource = try await store.entity(Resource.self, allocation.spec.resource) else {
            return .again(after: resync)
        }
        var allocation = allocation
        let old = allocation.status
        let finding: Finding
        if SiteRules.isLocal(resource.spec) {
            finding = await here(resource)
        } else {
            if let obstacle = try await pinHostKeys(&allocation, resource) {
                finding = obstacle
            } else {
                finding = await there(allocation, resource)
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

    private func isNewQuestion(_ allocation: Entity<Allocation>) -> Bool {
        allocation.status.observed_generation != allocation.metadata.generation
    }

    private func answered(_ allocation: Entity<Allocation>, _ finding: Finding) -> Entity<Allocation> {
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

    private func save(_ allocation: Entity<Allocation>, _ old: Allocation.Status) async throws -> Outcome {
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

    private func there(_ allocation: Entity<Allocation>, _ resource: Entity<Resource>) async -> Finding {
        let host = resource.spec.accesshost ?? ""
        let problems = SiteRules.problems(with: resource)
        if !problems.isEmpty {
            return .refused(reason: "BadResource", message: problems.joined(separator: "; "), mender: .user)
        }
        guard let line = SiteRules.hostKey(of: allocation, at: resource), let pinned = PinnedHostKey(line: line) else {
            return .refused(
                reason: "BadHostKey", message: "the host key given for \(host) is no host key line (type base64)",
                mender: .user)
        }
        guard let pair = try? await keys.pair(of: allocation.name) else {
            return .noAnswer("the key of allocation \(allocation.name) cannot be read in \(keys.folder)")
        }
        let port = SiteRules.port(of: resource.spec) ?? 22
        let account = allocation.spec.accountname
        let gateway = Gateway.hop(resource.spec.accessgateway, account: account, hostKeys: line)
        if let gateway, gateway.hostKey == nil {
            return .refused(
                reason: "BadHostKey",
                message:
                    "the host key given for \(host) needs a second line: the host key of its gateway \(gateway.host)",
                mender: .user)
        }
        let endpoint = SSHEndpoint(host: host, port: port, user: account, hostKey: pinned, gateway: gateway)
        let program = SiteRules.submitCommand(flavor: resource.spec.accessflavor)
        do throws(CommandError) {
            let findings = try await login.check(
                endpoint, key: pair.privateKey, folder: "\(sessionFolder)/\(allocation.name)", program: program)
            return judge(findings, program, place: "\(account)@\(host)")
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
