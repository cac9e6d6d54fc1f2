import InfoserviceAPI
import VC3Model
import VC3Reconciling

/// Answers questions for pilots' output, and takes away what was asked long ago.
struct PilotLogReconciler: Reconciler {
    let infoservice: any Infoservice
    let mirror: EntityMirror
    let registry: SiteRegistry
    let ledger: any PilotLedger
    let clock: WallClock

    /// The most characters of an answer: what the schema takes.
    static let longest = 65_000

    func reconcile(_ name: String) async throws -> Outcome {
        guard let entity = try await mirror.entity(PilotLog.self, name) else { return .done }
        let left = PilotLog.lifetime - (clock.now() - entity.metadata.created)
        guard left > .zero else {
            do { try await infoservice.delete(.pilotlog, name) } catch let error as VC3Error
                where error.code == .notFound
            {}
            return .done
        }
        if entity.status.state == "new", try await isOthers(PilotID(rawValue: entity.spec.pilot)) {
            // This one answers should it take the site over.
            return .again(after: min(left, .seconds(5)))
        }
        if entity.status.state == "new" {
            var status = entity.status
            status.observed_generation = entity.metadata.generation
            do throws(SiteFailure) {
                status.text = try await text(for: entity.spec)
                status.state = "answered"
            } catch {
                status.state = "failed"
                status.state_reason = error.message
            }
            let written = try await infoservice.replaceStatus(
                .pilotlog, name, with: JSONValue(encoding: status), expecting: entity.metadata.revision)
            await mirror.note(written)
        }
        return .again(after: left)
    }

    /// Whether the pilot is at a site that is not held.
    private func isOthers(_ pilot: PilotID) async throws -> Bool {
        var site = await ledger.record(pilot)?.site
        if site == nil, let entity = try await mirror.entity(Pilot.self, pilot.rawValue),
            let set = try await mirror.entity(PilotSet.self, entity.spec.pilotset)
        {
            site = SiteID(set.spec.site)
        }
        guard let site else { return false }
        return await registry.held(site) == nil
    }

    private func text(for question: PilotLog.Spec) async throws(SiteFailure) -> String {
        let pilot = PilotID(rawValue: question.pilot)
        guard let record = await ledger.record(pilot) else {
            throw SiteFailure(
                reason: "UnknownPilot", message: "this factory does not know pilot \(pilot) any more", mender: .nobody,
                isOurs: true)
        }
        if !record.isCleared, let site = await registry.held(record.site)?.site,
            let text = try await site.output(of: pilot, lines: question.lines)
        {
            return String(text.suffix(Self.longest))
        }
        // Its files are gone from the site; the ledger has the end of them.
        return (record.lastLines ?? []).map(PrintableText.cleaned).joined(separator: "\n")
    }
}
