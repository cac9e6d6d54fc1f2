import InfoserviceAPI
import VC3Model

extension InfoserviceConformance {
    static let watching: [Check] = [
        Check(name: "aWatchResumesWithoutGapOrRepeat") { suite in
            let ana = try await suite.service(.ana)
            let list = try await ana.records(.nodeinfo)
            for cores in 1...5 { _ = try await ana.create(.sampleNodeinfo("n\(cores)", cores: cores)) }
            let all = try await ana.collect(5, of: [.nodeinfo], after: list.revision)
            try suite.require(
                all.compactMap(\.record?.name) == ["n1", "n2", "n3", "n4", "n5"], "all events, in order, once")
            let rest = try await ana.collect(2, of: [.nodeinfo], after: all[2].revision)
            try suite.require(rest == Array(all[3...]), "resuming goes on behind the revision seen")
        },
        Check(name: "aWatchSeesWhatHappensLater") { suite in
            let ana = try await suite.service(.ana)
            let list = try await ana.records(.nodeinfo)
            async let seen = ana.collect(20, of: [.nodeinfo], after: list.revision)
            for number in 0..<20 { _ = try await ana.create(.sampleNodeinfo("n\(number)")) }
            let events = try await seen
            let names = events.compactMap(\.record?.name)
            try suite.require(names == (0..<20).map { "n\($0)" }, "each event once, in order")
        },
        Check(name: "listThenWatchMissesNothingWhileOthersWrite") { suite in
            let ana = try await suite.service(.ana)
            let total = 60
            let (list, events) = try await withThrowingTaskGroup(of: [WatchEvent].self) { group in
                for number in 0..<total {
                    group.addTask {
                        _ = try await ana.create(.sampleNodeinfo("n\(number)"))
                        return []
                    }
                }
                let list = try await ana.records(.nodeinfo)
                let missing = total - list.items.count
                group.addTask { try await ana.collect(missing, of: [.nodeinfo], after: list.revision) }
                return (list, try await group.reduce([], +))
            }
            let seen = list.items.map(\.name) + events.compactMap(\.record?.name)
            try suite.require(seen.count == total && Set(seen).count == total, "list and watch together show each once")
            let revisions = events.map(\.revision)
            try suite.require(zip(revisions, revisions.dropFirst()).allSatisfy(<), "revisions only grow")
        },
        Check(name: "oneStreamCarriesSeveralKindsAndOnlyThose") { suite in
            try await suite.prepareSites()
            let ana = try await suite.service(.ana)
            let start = try await ana.records(.nodeinfo).revision
            _ = try await ana.create(.sampleNodeinfo("n"))
            _ = try await ana.create(.sampleProject("p"))
            _ = try await ana.create(.sampleAllocation("a"))
            let events = try await ana.collect(2, of: [.nodeinfo, .allocation], after: start)
            try suite.require(events.compactMap(\.record?.name) == ["n", "a"], "the kinds asked for, no other")
        },
        Check(name: "markingAndRemovalAreEvents") { suite in
            try await suite.prepareSites()
            let ana = try await suite.service(.ana)
            let master = try await suite.service(.master)
            let made = try await ana.create(.sampleAllocation("a"))
            try await ana.delete(.allocation, "a")
            let marked = try await ana.record(.allocation, "a")
            try await master.remove(.allocation, "a", expecting: marked.metadata.revision)
            let events = try await ana.collect(2, of: [.allocation], after: made.metadata.revision)
            try suite.require(events.first == .changed(marked), "marking is a change")
            guard case .removed(let last)? = events.last else { throw Broken(description: "a removal is told") }
            try suite.require(last.metadata.revision > marked.metadata.revision, "a removal has a revision of its own")
        },
        Check(name: "aFutureRevisionIsRefused") { suite in
            let ana = try await suite.service(.ana)
            let list = try await ana.records(.nodeinfo)
            try await suite.expect(.invalid, "watching from the future") {
                _ = try await ana.watch([.nodeinfo], after: list.revision.next)
            }
        },
        Check(name: "watchersSeeNoSecretsOfOthers") { suite in
            let ana = try await suite.service(.ana)
            let ben = try await suite.service(.ben)
            let start = try await ana.records(.privatetoken).revision
            _ = try await ana.create(.samplePrivateToken("t", secret: "c2VjcmV0"))
            _ = try await ben.create(.sampleNodeinfo("after"))
            let mine = try await ana.collect(1, of: [.privatetoken], after: start)
            try suite.require(mine.first?.record?.spec["data"] == nil, "an event shows no secret")
            let others = try await ben.collect(1, of: [.privatetoken, .nodeinfo], after: start)
            try suite.require(others.first?.record?.name == "after", "another's token makes no event")
        },
        Check(name: "aQuietWatchBeats") { suite in
            let ana = try await suite.service(.ana)
            let start = try await ana.records(.nodeinfo).revision
            _ = try await ana.create(.sampleNodeinfo("n"))
            for try await event in try await ana.watch([.cluster], after: start) where event.revision > start { return }
            throw Broken(description: "a watch of a quiet kind tells how far the store is")
        },
    ]
}

extension WatchEvent {
    /// What the event is about; `nil` of a heartbeat.
    var record: EntityRecord? {
        switch self {
        case .changed(let record), .shared(let record, _), .removed(let record): record
        case .heartbeat: nil
        }
    }
}

extension EntityWatcher {
    /// The first `count` events that are no heartbeats.
    func collect(
        _ count: Int, of kinds: Set<EntityKind>, after revision: Revision
    ) async throws -> [WatchEvent] {
        var events: [WatchEvent] = []
        if count == 0 { return events }
        for try await event in try await watch(kinds, after: revision) where event.record != nil {
            events.append(event)
            if events.count == count { return events }
        }
        throw InfoserviceConformance.Broken(description: "a watch ended after \(events.count) of \(count) events")
    }
}
