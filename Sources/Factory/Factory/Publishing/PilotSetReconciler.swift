import InfoserviceAPI
import Logging
import VC3Model
import VC3Reconciling

/// Tells a pilot set's site what is wanted, and the Infoservice what the site knows.
struct PilotSetReconciler: Reconciler {
    typealias Key = String

    let mirror: EntityMirror
    let registry: SiteRegistry
    let sharing: SiteSharing
    let unjudged: UnjudgedPilots
    let factory: String
    let clock: WallClock
    /// `nil`: there are no queues of files.
    var fileQueues: QueueReconciler?

    func reconcile(_ name: String) async throws -> Outcome {
        if QueueKey.isQueue(name) { return try await fileQueues?.reconcile(name) ?? .done }
        guard let entity = try await mirror.entity(PilotSet.self, name) else { return try await release(name) }
        guard try await leave(entity) else { return .again(after: .seconds(1)) }
        guard let (site, infoservice) = await registry.held(SiteID(entity.spec.site)).map({ ($0.site, $0.infoservice) })
        else {
            // Another Factory has it, or nobody yet.
            await sharing.wake(for: SiteID(entity.spec.site))
            return .done
        }
        await registry.settle(name, at: site.id)
        await unjudged.review(of: name)
        await site.want(
            name, entity.spec, isDeleting: entity.isDeleting, hasHadPilots: PilotSetStatus.tellsOfPilots(entity.status))
        let view = await site.view(of: name)
        if entity.isDeleting, view.isGone {
            try await infoservice.remove(.pilotset, name, expecting: entity.metadata.revision)
            try await site.drop(name)
            await registry.forget(name)
            return .done
        }
        let status = PilotSetStatus.status(of: entity, view, factory: factory, at: clock.now())
        if status != entity.status {
            var updated = entity
            updated.status = status
            let record = try await infoservice.replaceStatus(
                .pilotset, name, with: JSONValue(encoding: status), expecting: entity.metadata.revision)
            await mirror.note(record)
        }
        return .done
    }

    /// Ends what the set has at another site than the one that it names now.
    ///
    /// - Returns: Whether all has ended there.
    private func leave(_ entity: Entity<PilotSet>) async throws -> Bool {
        guard let home = await registry.home(of: entity.name)?.site, home.id != SiteID(entity.spec.site) else {
            return true
        }
        await home.release(entity.name, isAsked: true)
        guard await home.view(of: entity.name).isGone else { return false }
        try await home.drop(entity.name)
        await registry.forget(entity.name)
        return true
    }

    /// The entity is gone, which only somebody else can have done: ends what the ledger still knows of it.
    private func release(_ name: String) async throws -> Outcome {
        await unjudged.review(of: name)
        guard let site = await registry.home(of: name)?.site else { return .done }
        await site.release(name, isAsked: false)
        if await site.view(of: name).isGone {
            try await site.drop(name)
            await registry.forget(name)
        }
        return .done
    }
}
