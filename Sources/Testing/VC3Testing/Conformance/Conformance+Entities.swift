import InfoserviceAPI
import VC3Model

extension InfoserviceConformance {
    static let reading: [Check] = [
        Check(name: "aMissingEntityIsNotFound") { suite in
            let ana = try await suite.service(.ana)
            try await suite.expect(.notFound, "reading what does not exist") {
                _ = try await ana.record(.nodeinfo, "none")
            }
        },
        Check(name: "anEmptyListIsAnAnswer") { suite in
            let list = try await suite.service(.ana).records(.cluster)
            try suite.require(list.items.isEmpty, "an empty store lists nothing")
        },
        Check(name: "listsAreSortedAndShowTheRevision") { suite in
            let ana = try await suite.service(.ana)
            for name in ["b", "c", "a"] { _ = try await ana.create(.sampleNodeinfo(name)) }
            let list = try await ana.records(.nodeinfo)
            try suite.require(list.items.map(\.name) == ["a", "b", "c"], "a list is sorted by name")
            let newest = list.items.map(\.metadata.revision).max()
            try suite.require(newest == list.revision, "the list shows the revision of the last write")
        },
        Check(name: "aRecordReadsBackAsWritten") { suite in
            let ana = try await suite.service(.ana)
            let odd: JSONValue = .string("ü \"quoted\" \\ / \u{1F600} \n line")
            let created = try await ana.create(
                EntityDraft(kind: .environment, name: "e", spec: ["envmap": ["A": odd], "description": odd]))
            let read = try await ana.record(.environment, "e")
            try suite.require(read == created, "what is read is what the write returned")
            try suite.require(read.spec["envmap"]?["A"] == odd, "text survives unchanged")
        },
    ]

    static let writing: [Check] = [
        Check(name: "creatingFillsInMetadataAndDefaults") { suite in
            let record = try await suite.service(.ana).create(.sampleNodeinfo("n", cores: 4))
            try suite.require(record.metadata.owner == "ana", "the caller becomes the owner")
            try suite.require(record.metadata.generation == 1, "the first generation is 1")
            try suite.require(record.metadata.revision > .zero, "a write has a revision")
            try suite.require(record.metadata.deleting == nil, "a new entity is not being deleted")
            try suite.require(record.spec["cores"] == 4 && record.spec["memory_mb"] == 1024, "defaults are filled in")
            try suite.require(record.status["state"] == "new", "a status has its defaults")
        },
        Check(name: "aNameIsTakenOnce") { suite in
            let ana = try await suite.service(.ana)
            _ = try await ana.create(.sampleNodeinfo("n"))
            try await suite.expect(.exists, "creating twice") { _ = try await ana.create(.sampleNodeinfo("n")) }
        },
        Check(name: "everyProblemIsNamedAtOnce") { suite in
            let ana = try await suite.service(.ana)
            let draft = EntityDraft(
                kind: .nodeinfo, name: "bad name", spec: ["cores": "many", "memory_mb": 1, "colour": "red"])
            let error = try await suite.expect(.invalid, "a draft with four faults") { _ = try await ana.create(draft) }
            let fields = Set(error.problems.map(\.field))
            let expected: Set = ["name", "spec.cores", "spec.memory_mb", "spec.colour"]
            try suite.require(fields == expected, "each fault has its field, got \(fields)")
        },
        Check(name: "replacingNeedsTheCurrentRevision") { suite in
            let ana = try await suite.service(.ana)
            let first = try await ana.create(.sampleNodeinfo("n"))
            let second = try await ana.replaceSpec(
                .nodeinfo, "n", with: ["cores": 2], expecting: first.metadata.revision)
            try suite.require(second.metadata.revision > first.metadata.revision, "revisions grow")
            try suite.require(second.metadata.generation == 2, "a changed spec is a new generation")
            try await suite.expect(.conflict, "replacing at an old revision") {
                _ = try await ana.replaceSpec(.nodeinfo, "n", with: ["cores": 3], expecting: first.metadata.revision)
            }
            let stored = try await ana.record(.nodeinfo, "n")
            try suite.require(stored == second, "a refused write changes nothing")
        },
        Check(name: "patchesMergeAndNullRemoves") { suite in
            let ana = try await suite.service(.ana)
            _ = try await ana.create(
                EntityDraft(kind: .environment, name: "e", spec: ["envmap": ["A": "1", "B": "2"], "command": "x"]))
            let patched = try await ana.patchSpec(
                .environment, "e", with: ["envmap": ["B": nil, "C": "3"], "command": nil], expecting: nil)
            try suite.require(patched.spec["envmap"] == ["A": "1", "C": "3"], "objects merge, null removes")
            try suite.require(patched.spec["command"] == nil, "a removed attribute is unset")
            try await suite.expect(.conflict, "patching at an old revision") {
                _ = try await ana.patchSpec(.environment, "e", with: ["command": "y"], expecting: .zero)
            }
        },
        Check(name: "aWriteThatChangesNothingMakesNoRevision") { suite in
            let ana = try await suite.service(.ana)
            let record = try await ana.create(.sampleNodeinfo("n", cores: 2))
            let again = try await ana.patchSpec(.nodeinfo, "n", with: ["cores": 2], expecting: nil)
            try suite.require(again == record, "nothing changed, so nothing was written")
        },
        Check(name: "aStatusKeepsTheGeneration") { suite in
            try await suite.prepareSites()
            let master = try await suite.service(.master)
            let record = try await suite.service(.ana).create(.sampleAllocation("a"))
            let reported = try await master.replaceStatus(
                .allocation, "a", with: ["state": "ready"], expecting: record.metadata.revision)
            try suite.require(reported.metadata.generation == 1, "a status write is no new generation")
            try suite.require(reported.spec == record.spec, "a status write leaves the spec alone")
            try await suite.expect(.conflict, "a status at an old revision") {
                _ = try await master.replaceStatus(
                    .allocation, "a", with: ["state": "ready"], expecting: record.metadata.revision)
            }
        },
        Check(name: "deletingMarksAndTheFinalizerRemoves") { suite in
            try await suite.prepareSites()
            let ana = try await suite.service(.ana)
            let master = try await suite.service(.master)
            let made = try await ana.create(.sampleAllocation("a"))
            try await suite.expect(.conflict, "removing what is not marked") {
                try await master.remove(.allocation, "a", expecting: made.metadata.revision)
            }
            try await ana.delete(.allocation, "a")
            let marked = try await ana.record(.allocation, "a")
            try suite.require(marked.metadata.deleting != nil, "a kind with a finalizer is marked")
            try await ana.delete(.allocation, "a")
            let same = try await ana.record(.allocation, "a")
            try suite.require(same == marked, "deleting again changes nothing")
            try await suite.expect(.exists, "the name stays taken") { _ = try await ana.create(.sampleAllocation("a")) }
            try await suite.expect(.forbidden, "only the finalizer removes") {
                try await ana.remove(.allocation, "a", expecting: marked.metadata.revision)
            }
            try await suite.expect(.conflict, "removing at an old revision") {
                try await master.remove(.allocation, "a", expecting: made.metadata.revision)
            }
            try await master.remove(.allocation, "a", expecting: marked.metadata.revision)
            try await suite.expect(.notFound, "what is removed is gone") { _ = try await ana.record(.allocation, "a") }
            _ = try await ana.create(.sampleAllocation("a"))
        },
        Check(name: "deletingWithoutFinalizerIsImmediate") { suite in
            let ana = try await suite.service(.ana)
            _ = try await ana.create(.sampleNodeinfo("n"))
            try await ana.delete(.nodeinfo, "n")
            try await suite.expect(.notFound, "it is gone") { _ = try await ana.record(.nodeinfo, "n") }
            try await suite.expect(.notFound, "deleting what is gone") { try await ana.delete(.nodeinfo, "n") }
        },
        Check(name: "ofManyCompareAndSetsOneWins") { suite in
            let ana = try await suite.service(.ana)
            let record = try await ana.create(.sampleNodeinfo("n"))
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for cores in 2..<34 {
                    group.addTask {
                        do {
                            _ = try await ana.replaceSpec(
                                .nodeinfo, "n", with: ["cores": .integer(cores)], expecting: record.metadata.revision)
                            return true
                        } catch let error as VC3Error where error.code == .conflict {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try suite.require(wins == 1, "one of 32 concurrent replacements wins, \(wins) did")
        },
    ]

    static let authority: [Check] = [
        Check(name: "usersChangeOnlyWhatTheyOwn") { suite in
            let record = try await suite.service(.ana).create(.sampleNodeinfo("n"))
            let ben = try await suite.service(.ben)
            let error = try await suite.expect(.forbidden, "another user's entity") {
                _ = try await ben.patchSpec(.nodeinfo, "n", with: ["cores": 2], expecting: nil)
            }
            try suite.require(error.message.contains("owner"), "a refusal names its rule: \(error.message)")
            try await suite.expect(.forbidden, "deleting another's") { try await ben.delete(.nodeinfo, "n") }
            try await suite.expect(.forbidden, "creating for another") {
                _ = try await ben.create(.sampleNodeinfo("m", owner: "ana"))
            }
            let admin = try await suite.service(.admin)
            let changed = try await admin.patchSpec(.nodeinfo, "n", with: ["cores": 2], expecting: nil)
            try suite.require(changed.metadata.owner == record.metadata.owner, "an admin's change keeps the owner")
            let given = try await admin.create(.sampleNodeinfo("m", owner: "ben"))
            try suite.require(given.metadata.owner == "ben", "an admin creates for others")
        },
        Check(name: "eachPartHasOneWriter") { suite in
            try await suite.prepareSites()
            let record = try await suite.service(.ana).create(.sampleAllocation("a"))
            for identity in [Identity.ana, .admin, .factory] {
                let service = try await suite.service(identity)
                try await suite.expect(.forbidden, "an allocation's status by \(identity)") {
                    _ = try await service.replaceStatus(
                        .allocation, "a", with: ["state": "ready"], expecting: record.metadata.revision)
                }
            }
            for identity in [Identity.master, .factory] {
                let service = try await suite.service(identity)
                try await suite.expect(.forbidden, "an allocation's spec by \(identity)") {
                    _ = try await service.patchSpec(.allocation, "a", with: ["accountname": "x"], expecting: nil)
                }
            }
        },
        Check(name: "secretsAreShownOnlyToTheirReaders") { suite in
            let ana = try await suite.service(.ana)
            let created = try await ana.create(.samplePrivateToken("t", secret: "c2VjcmV0"))
            try suite.require(created.spec["data"] == nil, "the answer to a write shows no secret")
            for identity in [Identity.ana, .admin] {
                let seen = try await suite.service(identity).record(.privatetoken, "t")
                try suite.require(seen.spec["data"] == nil, "\(identity) sees no secret")
            }
            let factory = try await suite.service(.factory).record(.privatetoken, "t")
            try suite.require(factory.spec["data"] == "c2VjcmV0", "the factory sees the secret")
            let ben = try await suite.service(.ben)
            try await suite.expect(.forbidden, "another user's token") { _ = try await ben.record(.privatetoken, "t") }
            let list = try await ben.records(.privatetoken)
            try suite.require(list.items.isEmpty, "another user's token is not listed")
        },
    ]
}
