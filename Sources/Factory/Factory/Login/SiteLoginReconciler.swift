import InfoserviceAPI
import Logging
import VC3Commands
import VC3Model
import VC3Reconciling

/// Lets people log in to sites that ask for more than a key, and watches over the connections that come of it.
///
/// What could log in again is never here: an answer goes to ssh(1) and is gone. The connection is a process of its own, so
/// that it outlives this one; its end is seen, told, and never repaired by another login.
struct SiteLoginReconciler: Reconciler {
    let infoservice: any Infoservice
    let mirror: EntityMirror
    let registry: SiteRegistry
    let connector: SiteConnector
    let sharing: SiteSharing
    let desk: SiteLoginDesk
    let factory: String
    let clock: WallClock
    let logger: Logger
    let onChange: @Sendable (String) async -> Void

    /// How often the connection's process is asked whether it lives. Nothing of that reaches the site.
    static let interval = Duration.seconds(15)

    func reconcile(_ name: String) async throws -> Outcome {
        guard let login = try await mirror.entity(SiteLogin.self, name) else {
            await desk.end(name)
            return .done
        }
        guard await isOwn(login) else {
            await desk.end(name)
            // One that was made here is of no use to whoever has the site now.
            if let site = login.status.site { await master(of: site).end() }
            return .again(after: Self.interval)
        }
        let attempt = await desk.attempt(for: name)
        let now = clock.now()
        let step = SiteLoginRule.step(
            login.spec, login.status, isDeleting: login.isDeleting, attempt: await attempt?.progress, now: now)
        switch step {
        case .rest: return .done
        case .remove:
            await logOut(login)
            try await infoservice.remove(.sitelogin, name, expecting: login.metadata.revision)
            return .done
        case .end(let why), .giveUp(let why):
            await logOut(login)
            try await save(login, Self.closed(login, why, by: factory))
            return .done
        case .begin(let number): return try await begin(login, number)
        case .show(let progress): return try await show(login, progress, of: attempt)
        case .check: return try await check(login, now)
        }
    }

    /// Whether the login is for this Factory to look after: that of whoever has the site and, while nobody has, of whoever
    /// began it.
    private func isOwn(_ login: Entity<SiteLogin>) async -> Bool {
        let known = login.status.site
        let place = if let known { known } else { try? await place(of: login.name) }
        if let place, let isHeldHere = await sharing.isHeldHere(SiteID(place)) { return isHeldHere }
        let isUnderWay = login.status.state != SiteLogin.State.closed.rawValue
        return !isUnderWay || login.status.factory == nil || login.status.factory == factory
    }

    private func begin(_ login: Entity<SiteLogin>, _ number: Int) async throws -> Outcome {
        let place: PilotSite
        let session: SSHSession
        do throws(SiteFailure) {
            place = try await self.place(of: login.name)
            session = try await connector.session(place)
        } catch {
            try await save(login, Self.closed(login, error.message, by: factory))
            return .done
        }
        // Known before anything is made, so that whoever comes after a crash knows what to end.
        var status = login.status
        status.state = SiteLogin.State.connecting.rawValue
        status.state_reason = "connecting to \(place.account)@\(place.host ?? place.resource)"
        status.question = nil
        status.since = nil
        status.until = nil
        status.site = place
        status.factory = factory
        try await save(login, status)
        logger.info("a person logs in", metadata: ["login": "\(login.name)", "resource": "\(place.resource)"])
        await desk.begin(
            SiteLoginAttempt(
                login: login.name, number: number, place: place, session: session, master: master(of: place),
                onChange: onChange))
        return .done
    }

    private func show(
        _ login: Entity<SiteLogin>, _ progress: SiteLoginRule.Attempt, of attempt: SiteLoginAttempt?
    ) async throws -> Outcome {
        guard let attempt else { return .done }
        var status = login.status
        status.question = nil
        switch progress {
        case .connecting: status.state = SiteLogin.State.connecting.rawValue
        case .asking(let question):
            if let answer = login.spec.answer, answer.question == question.number { await attempt.take(answer) }
            status.state = SiteLogin.State.asking.rawValue
            status.state_reason = "the site asks something"
            status.question = question
        case .succeeded:
            let resource = try await infoservice.entity(Resource.self, attempt.place.resource)
            status.state = SiteLogin.State.open.rawValue
            status.state_reason = nil
            status.since = clock.now()
            status.until = resource.spec.sessionhours.map { clock.now() + .seconds($0 * 3600) }
            status.open_observed = attempt.number
        case .failed(let why): status = Self.closed(login, why, by: factory)
        }
        try await save(login, status)
        guard status.open_observed >= attempt.number else { return .done }
        await desk.end(login.name)
        logger.info("a login is over", metadata: ["login": "\(login.name)", "state": "\(status.state)"])
        await registry.held(SiteID(attempt.place))?.site.tryNow()
        return .again(after: .zero)
    }

    private func check(_ login: Entity<SiteLogin>, _ now: Timestamp) async throws -> Outcome {
        let connection = if let site = login.status.site { await master(of: site).state } else { SSHMaster.State.gone }
        guard connection != .gone else {
            await logOut(login)
            try await save(login, Self.closed(login, SiteLoginRule.whyGone(login.status, own: factory), by: factory))
            return .done
        }
        return .again(after: login.status.until.map { min($0 - now, Self.interval) } ?? Self.interval)
    }

    /// Where the allocation's account is; refused when nobody has to log in there, or cannot.
    private func place(of name: String) async throws(SiteFailure) -> PilotSite {
        do {
            let allocation = try await infoservice.entity(Allocation.self, name)
            let resource = try await infoservice.entity(Resource.self, allocation.spec.resource)
            guard SiteRules.needsPerson(resource.spec) else {
                throw VC3Error(.invalid, "resource \(resource.name) has no mfa: nobody has to log in")
            }
            if let problem = SiteRules.problems(with: resource).first { throw VC3Error(.invalid, problem) }
            return PilotSite(of: allocation, at: resource)
        } catch {
            let words = (error as? VC3Error)?.message ?? "\(error)"
            throw SiteFailure(reason: "LoginImpossible", message: words, mender: .user, isOurs: true)
        }
    }

    private func logOut(_ login: Entity<SiteLogin>) async {
        await desk.end(login.name)
        guard let site = login.status.site else { return }
        await master(of: site).end()
        await registry.held(SiteID(site))?.site.tryNow()
    }

    private func master(of site: PilotSite) -> SSHMaster { SSHMaster(folder: connector.sessionFolder(of: site)) }

    private static func closed(_ login: Entity<SiteLogin>, _ why: String, by factory: String) -> SiteLogin.Status {
        var status = login.status
        status.state = SiteLogin.State.closed.rawValue
        status.state_reason = why
        status.question = nil
        status.since = nil
        status.until = nil
        status.open_observed = login.spec.open
        status.end_observed = login.spec.end
        status.factory = factory
        return status
    }

    private func save(_ login: Entity<SiteLogin>, _ status: SiteLogin.Status) async throws {
        var status = status
        status.observed_generation = login.metadata.generation
        guard status != login.status else { return }
        let record = try await infoservice.replaceStatus(
            .sitelogin, login.name, with: JSONValue(encoding: status), expecting: login.metadata.revision)
        await mirror.note(record)
    }
}
