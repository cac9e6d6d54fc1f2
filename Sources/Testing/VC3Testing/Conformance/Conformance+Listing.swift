import InfoserviceAPI
import VC3Model

extension InfoserviceConformance {
    static let listing: [Check] = [
        Check(name: "pagesShowOneRevisionWhateverIsWrittenMeanwhile") { suite in
            let ana = try await suite.service(.ana)
            for name in ["a", "b", "c", "d", "e"] { _ = try await ana.create(.sampleNodeinfo(name)) }
            let first = try await ana.records(.nodeinfo, matching: .all, page: ListPage(limit: 2))
            _ = try await ana.create(.sampleNodeinfo("bb"))
            _ = try await ana.patchSpec(.nodeinfo, "d", with: ["cores": 9], expecting: nil)
            try await ana.delete(.nodeinfo, "e")
            var pages = [first]
            while let continuation = pages.last?.continuation {
                pages.append(
                    try await ana.records(.nodeinfo, matching: .all, page: ListPage(limit: 2, after: continuation)))
            }
            let names = pages.map { $0.items.map(\.name) }
            try suite.require(names == [["a", "b"], ["c", "d"], ["e"]], "the pages are those of the first: \(names)")
            try suite.require(pages.allSatisfy { $0.revision == first.revision }, "all pages name one revision")
            try suite.require(pages[1].items.last?.spec["cores"] == 1, "what was written later is not shown")
            let now = try await ana.records(.nodeinfo)
            try suite.require(now.items.map(\.name) == ["a", "b", "bb", "c", "d"], "a new list shows what is now")
        },
        Check(name: "aContinuationIsOfItsListOnly") { suite in
            let ana = try await suite.service(.ana)
            for name in ["a", "b"] { _ = try await ana.create(.sampleNodeinfo(name)) }
            let page = try await ana.records(.nodeinfo, matching: .all, page: ListPage(limit: 1))
            try await suite.expect(.invalid, "another filter with the same continuation") {
                _ = try await ana.records(
                    .nodeinfo, matching: EntityFilter(owner: "ana"), page: ListPage(after: page.continuation))
            }
            try await suite.expect(.invalid, "a continuation that is none") {
                _ = try await ana.records(.nodeinfo, matching: .all, page: ListPage(after: "nonsense"))
            }
        },
        Check(name: "filtersNarrowAList") { suite in
            let ana = try await suite.service(.ana)
            let ben = try await suite.service(.ben)
            _ = try await ana.create(.sampleNodeinfo("a", cores: 4))
            _ = try await ana.create(.sampleNodeinfo("b", cores: 8))
            _ = try await ben.create(.sampleNodeinfo("c", cores: 8))
            func names(_ filter: EntityFilter) async throws -> [String] {
                try await ana.records(.nodeinfo, matching: filter).items.map(\.name)
            }
            try suite.require(try await names(EntityFilter(owner: "ana")) == ["a", "b"], "by owner")
            try suite.require(try await names(EntityFilter(state: "new")).count == 3, "by state")
            try suite.require(try await names(EntityFilter(state: "ready")).isEmpty, "by a state that none has")
            try suite.require(try await names(EntityFilter(fields: ["cores": "8"])) == ["b", "c"], "by an attribute")
            let both = EntityFilter(owner: "ben", fields: ["cores": "8"])
            try suite.require(try await names(both) == ["c"], "by both")
        },
        Check(name: "aProjectsEntitiesAreFoundByIt") { suite in
            try await suite.prepareProject()
            let ana = try await suite.service(.ana)
            for (kind, names) in [
                (EntityKind.project, ["trees"]), (.user, ["ana", "ben"]), (.allocation, ["ana.midway"]),
                (.request, ["run"]),
            ] {
                let list = try await ana.records(kind, matching: EntityFilter(project: "trees"))
                try suite.require(list.items.map(\.name) == names, "\(kind.rawValue)s of a project: \(list.items)")
            }
            let none = try await ana.records(.request, matching: EntityFilter(project: "other"))
            try suite.require(none.items.isEmpty, "another project has none of them")
        },
    ]
}
