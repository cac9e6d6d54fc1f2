import InfoserviceAPI
import VC3Model

extension InfoserviceConformance {
    static let sharing: [Check] = [
        Check(name: "projectsShareTheirAllocationsAndRequests") { suite in
            try await suite.prepareProject()
            let ben = try await suite.service(.ben)
            let eve = try await suite.service(.eve)
            for key in [EntityKey(.project, "trees"), .init(.allocation, "ana.midway"), .init(.request, "run")] {
                try suite.require(try await ben.record(key.kind, key.name).key == key, "a member sees \(key)")
                try await suite.expect(.forbidden, "who is in no project does not see \(key)") {
                    _ = try await eve.record(key.kind, key.name)
                }
                try suite.require(try await eve.records(key.kind).items.isEmpty, "nor in a list: \(key)")
            }
            try suite.require(
                try await eve.records(.resource).items.map(\.name) == ["midway"], "what is public, all see")
        },
        Check(name: "membersUseAndLendButDoNotChange") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            let ben = try await suite.service(.ben)
            _ = try await ben.create(.sampleAllocation("ben.midway"))
            try await suite.expect(.forbidden, "a member changes the project") {
                _ = try await ben.patchSpec(.project, "trees", with: ["organization": "x"], expecting: nil)
            }
            try await suite.expect(.forbidden, "a member takes another's allocation out") {
                _ = try await ben.patchSpec(.project, "trees", with: ["allocations": []], expecting: nil)
            }
            _ = try await ben.patchSpec(
                .project, "trees", with: ["allocations": ["ana.midway", "ben.midway"]], expecting: nil)
            try await suite.expect(.forbidden, "a member ends another's request") {
                _ = try await ben.patchSpec(.request, "run", with: ["action": "terminate"], expecting: nil)
            }
            _ = try await ana.patchSpec(.project, "trees", with: ["roles": ["ben": "viewer"]], expecting: nil)
            _ = try await ben.create(.sampleNodeset("bens"))
            _ = try await ben.create(EntityDraft(kind: .cluster, name: "bens-pool", spec: ["nodesets": ["bens"]]))
            var draft = EntityDraft.sampleRequest("bens-run", allocations: ["ben.midway"])
            draft.spec["cluster"] = "bens-pool"
            let asViewer = draft
            try await suite.expect(.forbidden, "a viewer starts a request") { _ = try await ben.create(asViewer) }
            _ = try await ana.patchSpec(.project, "trees", with: ["roles": ["ben": "owner"]], expecting: nil)
            _ = try await ben.create(draft)
            _ = try await ben.patchSpec(.project, "trees", with: ["organization": "x"], expecting: nil)
        },
        Check(name: "anAllocationIsLentByItsOwnerOnly") { suite in
            try await suite.prepareProject()
            let ben = try await suite.service(.ben)
            try await suite.expect(.forbidden, "lending another's allocation") {
                _ = try await ben.create(
                    EntityDraft(
                        kind: .project, name: "mine", spec: ["members": ["ben"], "allocations": ["ana.midway"]]))
            }
        },
        Check(name: "sharingAndNoLongerSharingAreEvents") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            let eve = try await suite.service(.eve)
            _ = try await eve.create(.sampleUser("eve"))
            let request = try await ana.record(.request, "run")
            let start = try await eve.records(.request).revision
            let joined = try await ana.patchSpec(
                .project, "trees", with: ["members": ["ana", "ben", "eve"]], expecting: nil)
            let left = try await ana.patchSpec(.project, "trees", with: ["members": ["ana", "ben"]], expecting: nil)
            let events = try await eve.collect(2, of: [.request], after: start)
            try suite.require(events.first == .shared(request, at: joined.metadata.revision), "shown: \(events)")
            guard case .removed(let gone)? = events.last else { throw Broken(description: "hidden: \(events)") }
            try suite.require(gone.name == "run" && gone.metadata.revision == left.metadata.revision, "\(gone)")
            let all = try await eve.collect(6, of: [.project, .request, .allocation], after: start)
            try suite.require(all.map(\.revision) == all.map(\.revision).sorted(), "revisions never go back: \(all)")
            try suite.require(
                all.compactMap { $0.record?.name } == ["ana.midway", "run", "trees", "ana.midway", "run", "trees"],
                "all that the project shares, then the project: \(all)")
        },
        Check(name: "allocationsComeAndGoWithTheirProject") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            let ben = try await suite.service(.ben)
            let start = try await ben.records(.allocation).revision
            try await ana.delete(.request, "run")
            try await ana.delete(.project, "trees")
            let events = try await ben.collect(1, of: [.allocation], after: start)
            guard case .removed(let gone)? = events.first else { throw Broken(description: "hidden: \(events)") }
            try suite.require(gone.name == "ana.midway", "no longer shared")
            try suite.require(
                try await ana.record(.allocation, "ana.midway").metadata.deleting == nil, "but it is there")
        },
    ]
}
