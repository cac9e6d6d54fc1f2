import Testing
import VC3Model

@Suite struct RequestProgressTests {
    private static func pilotSet(_ mender: Condition.Mender?) -> Entity<PilotSet> {
        let now = Timestamp(milliseconds: 0)
        let site = PilotSite(resource: "r", type: "batch", method: "ssh", flavor: "slurm", account: "x")
        let obstacle = mender.map {
            Condition(type: "Submitting", status: .no, reason: "R", message: "m", since: now, mender: $0)
        }
        return Entity(
            metadata: EntityMetadata(
                kind: .pilotset, name: "p", revision: Revision(1), generation: 1, owner: "ana", created: now,
                updated: now),
            spec: PilotSet.Spec(request: "q", nodeset: "n", allocation: "a", wanted: 1, site: site),
            status: PilotSet.Status(conditions: [obstacle].compactMap { $0 }))
    }

    @Test(
        arguments: [
            ([nil], .nobody), ([.nobody, nil], .nobody), ([.nobody, .operator], .operator),
            ([.operator, .user, .nobody], .user),
        ] as [([Condition.Mender?], Condition.Mender)])
    func whoHasToActIsTheFirstWhoCanMendAnything(_ menders: [Condition.Mender?], _ expected: Condition.Mender) {
        let sets = menders.map(Self.pilotSet)
        #expect(RequestProgress(pilotSets: sets, nodeNumbers: [:], joined: 0).mender == expected)
    }
}
