import InfoserviceAPI
import Logging
import VC3Model
import VC3Reconciling

/// Tells a pilot set's site what is wanted, and the Infoservice what the site knows.
struct PilotSetReconciler: Reconciler {
    typealias Key = String

    let infoservice: any Infoservice
    let mirror: EntityMirror
    let registry: SiteRegistry
    let ledger: any PilotLedger
    let factory: String
    let clock: WallClock

    func reconcile(_ name: String) async throws -> Outcome {
        guard let entity = try await mirror.entity(PilotSet.self, name) else { return try await release(name) }
        guard let site = try await site(of: entity) else { return .again(after: .seconds(1)) }
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

    /// The site where the pilot set's pilots belong; `nil` while its pilots at another one have not all ended.
    private func site(of entity: Entity<PilotSet>) async throws -> Site? {
        let site = await registry.site(at: entity.spec.site, remembering: ledger)
        if let home = await registry.home(of: entity.name), home.id != site.id {
            await home.release(entity.name)
            guard await home.view(of: entity.name).isGone else { return nil }
            try await home.drop(entity.name)
        }
        await registry.settle(entity.name, at: site)
        return site
    }

    /// The entity is gone, which only somebody else can have done: ends what the ledger still knows of it.
    private func release(_ name: String) async throws -> Outcome {
        guard let site = await registry.home(of: name) else { return .done }
        await site.release(name)
        if await site.view(of: name).isGone {
            try await site.drop(name)
            await registry.forget(name)
        }
        return .done
    }
}
