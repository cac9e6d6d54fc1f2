import Foundation
import InfoserviceAPI
import Logging
import Testing
import VC3Model

@testable import Master

@Suite struct GarbageCollectorTests {
    static func collector(_ bench: borrowing Bench, _ process: Bench.Process) throws -> GarbageCollector {
        GarbageCollector(
            store: process.store, keys: try AllocationKeys(stateFolder: bench.stateFolder),
            folders: HeadNodeFolders(root: bench.stateFolder + "/headnodes"), providers: ["local": bench.headNodes],
            logger: Logger(label: "test"))
    }

    static func makeGarbage(_ bench: borrowing Bench) async throws {
        let folders = HeadNodeFolders(root: bench.stateFolder + "/headnodes")
        _ = try await folders.signingKey(of: "gone")
        _ = try await AllocationKeys(stateFolder: bench.stateFolder).pair(of: "ghost")
        for (name, type) in [("headnode-for-gone", "pool-signing-key"), ("ghost", "ssh"), ("headnode-for-x", "mine")] {
            _ = try await bench.service.create(
                EntityDraft(
                    kind: .privatetoken, name: name, owner: "ana",
                    spec: ["data": "AA==", "type": .string(type)]))
        }
    }

    @Test func whatHasNoOwnerGoesAtTheSecondLookAndNothingElse() async throws {
        let bench = Bench()
        try await bench.prepareSites()
        try await bench.createRequest()
        try await bench.settle()
        let before = await bench.service.keys()
        try await Self.makeGarbage(bench)
        try await bench.withProcess { process in
            let collector = try Self.collector(bench, process)
            let first = await collector.sweep(seenBefore: [])
            #expect(first == [.headNode("gone"), .allocationKey("ghost")])
            #expect(await bench.service.keys().count == before.count + 3)
            _ = await collector.sweep(seenBefore: first)
        }
        #expect(await bench.service.keys() == before.union([EntityKey(.privatetoken, "headnode-for-x")]))
        #expect(try await AllocationKeys(stateFolder: bench.stateFolder).names() == ["ana.alpha", "ana.beta"])
        #expect(try await HeadNodeFolders(root: bench.stateFolder + "/headnodes").names() == ["r"])
        #expect(await bench.headNodes.running.keys.sorted() == ["r"])
    }

    @Test func anEmptyOrFailedListProvesNothing() async throws {
        let bench = Bench()
        try await Self.makeGarbage(bench)
        try await bench.withProcess { process in
            let collector = try Self.collector(bench, process)
            #expect(await collector.sweep(seenBefore: [.headNode("gone"), .allocationKey("ghost")]) == [])
        }
        #expect(await bench.service.keys().count == 3)
    }
}

@Suite struct MergeDifferenceTests {
    @Test(
        arguments: [
            (["a": 1, "b": ["x": "1", "y": "2"]], ["a": 1, "b": ["x": "1"]], ["b": ["y": nil]]),
            (["a": 1], ["a": 2, "c": [1, 2]], ["a": 2, "c": [1, 2]]),
            (["a": 1, "h": nil], ["a": 1], ["h": nil]),
        ] as [(JSONValue, JSONValue, JSONValue)])
    func thePatchMakesTheTarget(_ old: JSONValue, _ new: JSONValue, _ patch: JSONValue) {
        #expect(old.mergePatch(to: new) == patch)
        #expect(old.merging(patch: patch) == new)
    }

    @Test func equalValuesNeedNoPatch() {
        let value: JSONValue = ["a": ["b": [1]]]
        #expect(value.mergePatch(to: value) == nil)
    }
}
