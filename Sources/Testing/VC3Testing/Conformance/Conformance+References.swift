import InfoserviceAPI
import VC3Model

extension InfoserviceConformance {
    /// People, a project that ana owns with ben as a member, an allocation in it, and a request on that.
    func prepareProject() async throws {
        try await prepareSites()
        let ana = try await service(.ana)
        for identity in [Identity.ana, .ben] { _ = try await service(identity).create(.sampleUser(identity.name)) }
        _ = try await ana.create(.sampleAllocation("ana.midway"))
        let project: JSONValue = ["members": ["ana", "ben"], "allocations": ["ana.midway"]]
        _ = try await ana.create(EntityDraft(kind: .project, name: "trees", spec: project))
        _ = try await ana.create(.sampleNodeset("workers"))
        _ = try await ana.create(EntityDraft(kind: .cluster, name: "pool", spec: ["nodesets": ["workers"]]))
        _ = try await ana.create(.sampleRequest("run", allocations: ["ana.midway"]))
    }

    static let references: [Check] = [
        Check(name: "everythingThatIsMissingIsNamedAtOnce") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            var draft = EntityDraft.sampleRequest("other", allocations: ["ana.midway", "ana.gone"])
            draft.spec["cluster"] = "nowhere"
            draft.spec["environments"] = ["none"]
            draft.spec["headnode"] = 7
            let error = try await suite.expect(.invalid, "references to what does not exist") {
                _ = try await ana.create(draft)
            }
            let fields = ["spec.headnode", "spec.cluster", "spec.allocations[1]", "spec.environments[0]"]
            try suite.require(error.problems.map(\.field) == fields, "each field is named: \(error.problems)")
            try await suite.expect(.notFound, "nothing is half done") { _ = try await ana.record(.request, "other") }
        },
        Check(name: "whatIsBeingDeletedIsNotReferredTo") { suite in
            try await suite.prepareSites()
            let ana = try await suite.service(.ana)
            _ = try await ana.create(.sampleUser("ana"))
            _ = try await ana.create(.sampleAllocation("a"))
            try await ana.delete(.allocation, "a")
            let error = try await suite.expect(.invalid, "lending what is being deleted") {
                _ = try await ana.create(
                    EntityDraft(kind: .project, name: "p", spec: ["members": ["ana"], "allocations": ["a"]]))
            }
            try suite.require(error.problems.first?.problem.contains("being deleted") == true, "\(error.problems)")
        },
        Check(name: "whatIsReferredToIsNotDeletedAndTheReferrersAreNamed") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            let error = try await suite.expect(.inUse, "deleting an allocation that is in use") {
                try await ana.delete(.allocation, "ana.midway")
            }
            try suite.require(
                error.problems.map(\.field) == ["project trees", "request run"], "who refers: \(error.problems)")
            let record = try await ana.record(.allocation, "ana.midway")
            try suite.require(record.metadata.deleting == nil, "it is not even marked")
        },
        Check(name: "whoOwnsTheAllocationLogsInForIt") { suite in
            try await suite.prepareProject()
            func login(_ name: String) -> EntityDraft { EntityDraft(kind: .sitelogin, name: name, spec: ["open": 1]) }
            try await suite.expect(.forbidden, "a member of the project logs in to the account") {
                _ = try await suite.service(.ben).create(login("ana.midway"))
            }
            let ana = try await suite.service(.ana)
            try await suite.expect(.invalid, "a login for no allocation") {
                _ = try await ana.create(login("ana.gone"))
            }
            _ = try await ana.create(login("ana.midway"))
            try await suite.expect(.forbidden, "somebody else's login is seen") {
                _ = try await suite.service(.ben).record(.sitelogin, "ana.midway")
            }
        },
        Check(name: "aCascadeIsOneStep") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            let start = try await ana.records(.request).revision
            try await ana.delete(.allocation, "ana.midway", cascade: true)
            let events = try await ana.collect(3, of: [.project, .request, .allocation], after: start)
            try suite.require(
                events.compactMap { $0.record?.name } == ["trees", "run", "ana.midway"], "in order: \(events)")
            let project = try await ana.record(.project, "trees")
            try suite.require(project.spec["allocations"] == [], "the project stays, without the allocation")
            for key in [EntityKey(.request, "run"), EntityKey(.allocation, "ana.midway")] {
                let record = try await ana.record(key.kind, key.name)
                try suite.require(record.metadata.deleting != nil, "\(key) is marked; the Master tears it down")
            }
            // What is being deleted holds nothing up.
            try await ana.delete(.cluster, "pool")
            try await ana.delete(.nodeset, "workers")
        },
        Check(name: "aCascadeIsRefusedAsAWhole") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            let ben = try await suite.service(.ben)
            _ = try await ben.create(.sampleNodeset("bens"))
            _ = try await ben.create(EntityDraft(kind: .cluster, name: "bens-pool", spec: ["nodesets": ["bens"]]))
            var draft = EntityDraft.sampleRequest("bens-run", allocations: ["ana.midway"])
            draft.spec["cluster"] = "bens-pool"
            _ = try await ben.create(draft)
            let error = try await suite.expect(.forbidden, "a cascade over another's request") {
                try await ana.delete(.allocation, "ana.midway", cascade: true)
            }
            try suite.require(error.problems.map(\.field) == ["request bens-run"], "whose: \(error.problems)")
            let project = try await ana.record(.project, "trees")
            try suite.require(project.spec["allocations"] == ["ana.midway"], "nothing was changed")
            try await suite.service(.admin).delete(.allocation, "ana.midway", cascade: true)
        },
        Check(name: "theMasterIsNotHeldUpByReferences") { suite in
            let ana = try await suite.service(.ana)
            let master = try await suite.service(.master)
            _ = try await master.create(.sampleNodeset("headnode-for-run", owner: "ana"))
            _ = try await ana.create(EntityDraft(kind: .cluster, name: "odd", spec: ["nodesets": ["headnode-for-run"]]))
            try await master.delete(.nodeset, "headnode-for-run")
        },
    ]
}
