import Testing
import VC3Model

@testable import Master

/// From a request's list to the head node and to the pilot sets.
@Suite struct PilotRevocationTests {
    private static func bench(revoking pilots: [String]) async throws -> Bench {
        let bench = Bench()
        try await bench.prepareSites()
        try await bench.createRequest()
        try await bench.settle()
        #expect(await bench.headNodes.refusals.isEmpty, "a head node without such pilots is left alone")
        try await bench.patch(.request, "r", ["revokedpilots": .array(pilots.map { .string($0) })])
        return bench
    }

    private static func refused(_ bench: borrowing Bench) async throws -> [String: Timestamp] {
        try await bench.get(Nodeset.self, "headnode-for-r").status.revoked
    }

    @Test func theHeadNodeRefusesThemAndEachSetIsTold() async throws {
        let bench = try await Self.bench(revoking: ["p2", "p1"])
        try await bench.settle()
        #expect(await bench.headNodes.refusals == [["p1", "p2"]])
        #expect(try await Self.refused(bench) == ["p1": bench.time.now, "p2": bench.time.now])
        for set in ["r.workers.ana.alpha", "r.workers.ana.beta"] {
            #expect(try await bench.get(PilotSet.self, set).spec.revoked == ["p2", "p1"])
        }
    }

    @Test func anotherMasterTellsTheHeadNodeOnceMoreAndKeepsTheMoment() async throws {
        let bench = try await Self.bench(revoking: ["p1"])
        try await bench.settle()
        let since = try await Self.refused(bench)
        bench.time.pass(.seconds(60))
        try await bench.settle()
        #expect(await bench.headNodes.refusals == [["p1"], ["p1"]])
        #expect(try await Self.refused(bench) == since)
    }

    @Test func aHeadNodeThatComesBackIsToldAgain() async throws {
        let bench = try await Self.bench(revoking: ["p1"])
        try await bench.withProcess { process in
            try await bench.settle(process)
            await bench.headNodes.answer(.starting("comes back"))
            try await bench.settle(process)
            #expect(await bench.headNodes.refusals == [["p1"]])
            await bench.headNodes.answer(nil)
            try await bench.settle(process)
            #expect(await bench.headNodes.refusals == [["p1"], ["p1"]])
            try await bench.settle(process)
            #expect(await bench.headNodes.refusals.count == 2)
        }
    }

    @Test func itIsNotSaidBeforeItIsSo() async throws {
        let bench = try await Self.bench(revoking: ["p1"])
        await bench.headNodes.failRefusing(VC3Error(.unavailable, "no answer"))
        await #expect(throws: VC3Error.self) { try await bench.settle() }
        #expect(try await Self.refused(bench).isEmpty)
        await bench.headNodes.failRefusing(nil)
        try await bench.settle()
        #expect(try await Self.refused(bench).keys.sorted() == ["p1"])
    }

    @Test func aDayLaterTheHeadNodeForgetsThem() async throws {
        let bench = try await Self.bench(revoking: ["p1"])
        try await bench.withProcess { process in
            try await bench.settle(process)
            bench.time.pass(.seconds(86_000))
            try await bench.patch(.request, "r", ["revokedpilots": ["p1", "p2"]])
            try await bench.settle(process)
            bench.time.pass(.seconds(1000))
            try await bench.settle(process)
            #expect(await bench.headNodes.refusals == [["p1"], ["p1", "p2"], ["p2"]])
            // The name may go now, and then its moment goes.
            #expect(try await Self.refused(bench).keys.sorted() == ["p1", "p2"])
            try await bench.patch(.request, "r", ["revokedpilots": ["p2"]])
            try await bench.settle(process)
            #expect(try await Self.refused(bench).keys.sorted() == ["p2"])
        }
    }
}
