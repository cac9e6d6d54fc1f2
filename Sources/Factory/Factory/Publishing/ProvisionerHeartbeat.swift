import InfoserviceAPI
import Logging
import VC3Model

/// Tells the Infoservice now and then that the Factory works, and how.
struct ProvisionerHeartbeat: Sendable {
    let infoservice: any Infoservice
    let identity: FactoryAppearance
    let clock: WallClock
    let logger: Logger
    let report: @Sendable () async -> FactoryReport
    /// What else is to be said, as conditions.
    var remarks: @Sendable (Timestamp) -> [Condition] = { _ in [] }
    /// Told the moment of each heartbeat that was taken.
    let taken: @Sendable (Timestamp) async -> Void

    /// Beats until cancelled. What the Infoservice does not take is told again with the next beat.
    func run() async throws {
        while true {
            do {
                let now = clock.now()
                try await beat(await report(), at: now)
                await taken(now)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.debug("no heartbeat was written", metadata: ["reason": "\(error)"])
            }
            try await Task.sleep(for: identity.heartbeat)
        }
    }

    func beat(_ report: FactoryReport, at now: Timestamp) async throws {
        let entity = try await entity(report.id)
        var status = Self.status(of: report, identity, over: entity, at: now)
        let fresh = remarks(now)
        // Sites are told by who works there.
        status.conditions.removeAll { old in
            !old.type.hasPrefix(Announcement.prefix) && !fresh.contains { $0.type == old.type }
        }
        for condition in fresh { status.conditions.set(condition) }
        _ = try await infoservice.replaceStatus(
            .provisioner, report.id, with: JSONValue(encoding: status), expecting: entity.metadata.revision)
    }

    private func entity(_ name: String) async throws -> Entity<Provisioner> {
        do {
            return try await Entity(infoservice.record(.provisioner, name))
        } catch let error as VC3Error where error.code == .notFound {
            let spec = try JSONValue(encoding: Provisioner.Spec(displayname: identity.displayName))
            return try await Entity(infoservice.create(EntityDraft(kind: .provisioner, name: name, spec: spec)))
        }
    }

    static func status(
        of report: FactoryReport, _ identity: FactoryAppearance, over entity: Entity<Provisioner>, at now: Timestamp
    ) -> Provisioner.Status {
        var status = entity.status
        status.observed_generation = entity.metadata.generation
        status.version = identity.version
        status.host = identity.host
        status.since = report.since
        status.heartbeat = now
        status.interval = max(1, Int(identity.heartbeat / .seconds(1)))
        let sets = report.sites.flatMap(\.sets)
        status.pilots = [
            "submitting": sets.reduce(0) { $0 + $1.submitting }, "pending": sets.reduce(0) { $0 + $1.pending },
            "running": sets.reduce(0) { $0 + $1.running }, "retiring": sets.reduce(0) { $0 + $1.retiring },
        ]
        status.sites = report.sites.filter { !$0.sets.isEmpty }.map(\.name).sorted()
        let trouble = report.troubles.first
        status.trouble = trouble.map { "\($0.site): \($0.message)" }
        return status
    }
}

extension FactoryReport {
    /// What is wrong, where: what stops whole sites first.
    public var troubles: [(site: String, queue: String?, reason: String, message: String)] {
        let own = sites.compactMap { site in
            site.trouble.map { (site: site.name, queue: String?.none, reason: $0.reason, message: $0.message) }
        }
        let ofSets = sites.flatMap { site in
            site.sets.compactMap { set in
                set.trouble.map {
                    (site: site.name, queue: String?.some(set.queue), reason: $0.reason, message: $0.message)
                }
            }
        }
        return own + ofSets
    }
}
