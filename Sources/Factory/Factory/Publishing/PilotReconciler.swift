import InfoserviceAPI
import VC3Model
import VC3Reconciling

/// Shows the ledger's pilots at held sites to others: an entity for each record, as long as there is the record.
struct PilotReconciler: Reconciler {
    let infoservice: any Infoservice
    let mirror: EntityMirror
    let registry: SiteRegistry
    let ledger: any PilotLedger
    let unjudged: UnjudgedPilots
    let factory: String

    func reconcile(_ pilot: PilotID) async throws -> Outcome {
        let name = pilot.rawValue
        guard let record = await ledger.record(pilot) else {
            try await clear(pilot)
            return .done
        }
        guard let infoservice = await registry.held(record.site)?.infoservice else {
            // What is remembered of a pilot that is over, and whose set went, is no reason to show it.
            if record.isCleared { try await clear(pilot) }
            return .done
        }
        // Without its set nobody could tell whose it is; what is left of the set goes by itself.
        guard let set = try await mirror.entity(PilotSet.self, record.pilotSet) else { return .done }
        var entity = try await entity(name, of: set, infoservice)
        let status = PilotStatus.status(of: record, over: entity.status, factory: factory)
        guard status != entity.status else { return .done }
        entity.status = status
        let written = try await infoservice.replaceStatus(
            .pilot, name, with: JSONValue(encoding: status), expecting: entity.metadata.revision)
        await mirror.note(written)
        return .done
    }

    private func entity(
        _ name: String, of set: Entity<PilotSet>, _ infoservice: any Infoservice
    ) async throws -> Entity<Pilot> {
        if let known = try await mirror.entity(Pilot.self, name) { return known }
        let spec = Pilot.Spec(
            pilotset: set.name, request: set.spec.request, allocation: set.spec.allocation,
            resource: set.spec.site.resource)
        do {
            let draft = EntityDraft(
                kind: .pilot, name: name, owner: set.metadata.owner, spec: try JSONValue(encoding: spec))
            let made = try await infoservice.create(draft)
            await mirror.note(made)
            return try Entity(made)
        } catch let error as VC3Error where error.code == .exists {
            return try await Entity(infoservice.record(.pilot, name))
        }
    }

    /// Takes the entity away, if the pilot belonged to a set that is gone, or to one at a site that is held.
    private func clear(_ pilot: PilotID) async throws {
        let name = pilot.rawValue
        guard let entity = try await mirror.entity(Pilot.self, name) else { return await unjudged.forget(pilot) }
        // Before it is asked who has the site: whoever wins it now comes upon this pilot.
        await unjudged.note(pilot, of: entity.spec.pilotset)
        var writer: (any Infoservice)? = infoservice
        if let set = try await mirror.entity(PilotSet.self, entity.spec.pilotset) {
            writer = await registry.held(SiteID(set.spec.site))?.infoservice
        }
        do { try await writer?.delete(.pilot, name) } catch let error as VC3Error where error.code == .notFound {}
    }
}
