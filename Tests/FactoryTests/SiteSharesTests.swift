import Testing

@testable import Factory

/// Who takes which site, and who gives one up.
@Suite struct SiteSharesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var members: Set<String> = ["a"]
        var settled: Set<String> = ["a", "b", "c"]
        /// Holders by site; empty: free since 100 s.
        var holders: [String]
        var now = 100
        var lastHandover: Int?
        var onlyOwn: Set<Int> = []
        var take: [Int] = []
        var giveUp: Int?
    }

    static let cases = [
        Case(testDescription: "alone it takes all at once", holders: ["", "", ""], take: [0, 1, 2]),
        Case(
            testDescription: "of two each takes half", members: ["a", "b"], holders: ["", "", "", ""], take: [0, 1]),
        Case(
            testDescription: "a full share leaves a free site to others", members: ["a", "b"],
            holders: ["a", "a", "", ""]
        ),
        Case(
            testDescription: "and takes it when nobody does", members: ["a", "b"], holders: ["a", "a", "", ""],
            now: 103,
            take: [2, 3]),
        Case(testDescription: "what others have is left alone", members: ["a", "b"], holders: ["b", "b"]),
        Case(
            testDescription: "a new one gets a site", members: ["a", "b"], holders: ["a", "a", "a"], giveUp: 2),
        Case(
            testDescription: "not before it has been there for a while", members: ["a", "b"], settled: ["a"],
            holders: ["a", "a", "a"]),
        Case(testDescription: "a difference of one moves nothing", members: ["a", "b"], holders: ["a", "a", "b"]),
        Case(
            testDescription: "one at a time", members: ["a", "b"], holders: ["a", "a", "a", "a"], now: 109,
            lastHandover: 100),
        Case(
            testDescription: "the next after a pause", members: ["a", "b"], holders: ["a", "a", "a", "b"], now: 110,
            lastHandover: 100, giveUp: 2),
        Case(
            testDescription: "nothing moves while a site is free", members: ["a", "b"], holders: ["a", "a", "a", ""]),
        Case(
            testDescription: "what others do not know of, or where a person logged in, is kept", members: ["a", "b"],
            holders: ["a", "a", "a"],
            onlyOwn: [2], giveUp: 1),
        Case(
            testDescription: "whoever has gone gets nothing", members: ["a"], holders: ["a", "a", "a"]),
    ]

    @Test(arguments: cases) func sitesAreSharedEvenlyWithoutFlapping(_ item: Case) {
        func site(_ number: Int) -> SiteID { SiteID(rawValue: "s\(number)") }
        var sites: [SiteID: SiteShares.Holder] = [:]
        for (number, holder) in item.holders.enumerated() {
            sites[site(number)] = holder.isEmpty ? .free(since: .seconds(100)) : .held(by: holder)
        }
        let shares = SiteShares(
            own: "a", members: item.members,
            movable: Set(item.holders.indices.filter { !item.onlyOwn.contains($0) }.map(site)), settled: item.settled,
            sites: sites, now: .seconds(item.now), lastHandover: item.lastHandover.map { .seconds($0) })
        #expect(shares.plan == SiteShares.Plan(take: item.take.map(site), giveUp: item.giveUp.map(site)))
    }
}
