import Foundation
import InfoserviceAPI
import Logging
import Testing
import VC3Model

@testable import Master

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

private let condorPrefix = ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"]

/// The whole Master with its watches and loops, and a real head node on this machine.
@Suite(
    .serialized, .enabled(if: condorPrefix != nil && geteuid() != 0, "needs VC3_CONDOR_PREFIX and an ordinary account"))
struct MasterRunTests {
    static func withMaster(
        _ bench: borrowing Bench, _ body: (InMemoryInfoservice) async throws -> Void
    ) async throws {
        var configuration = MasterConfiguration(stateFolder: bench.stateFolder)
        configuration.condorPrefix = condorPrefix
        configuration.headNodePorts = 21_200...21_299
        var logger = Logger(label: "master")
        logger.logLevel = .critical
        let master = Master(
            infoservice: bench.service, configuration: configuration,
            clock: WallClock { Timestamp(Date()) }, logger: logger)
        let service = bench.service
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await master.run() }
            group.addTask { try await finalizePilotSets(service) }
            try await body(service)
            group.cancelAll()
        }
    }

    /// What a factory does with pilot sets that are being deleted.
    static func finalizePilotSets(_ service: InMemoryInfoservice) async throws {
        for try await event in await service.watch([.pilotset], after: .zero) {
            guard case .changed(let record) = event, record.metadata.deleting != nil else { continue }
            try? await service.remove(.pilotset, record.name, expecting: record.metadata.revision)
        }
    }

    /// Waits for what the store shows, event by event.
    static func wait(
        _ service: InMemoryInfoservice, _ kinds: Set<EntityKind>,
        until holds: (InMemoryInfoservice) async throws -> Bool
    ) async throws {
        let events = await service.watch(kinds, after: .zero)
        if try await holds(service) { return }
        for try await _ in events { if try await holds(service) { return } }
    }

    static func prepare(_ bench: borrowing Bench) async throws {
        try await bench.create(
            User.self, "ana",
            User.Spec(first: "A", last: "A", email: "a@example.org", organization: "X", sshpubstring: Bench.publicKey))
        try await bench.create(Nodeinfo.self, "small", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "here",
            Resource.Spec(accesstype: "local", accessmethod: "local", accessflavor: "local", nodeinfo: "small"))
        try await bench.create(Allocation.self, "a", Allocation.Spec(resource: "here", accountname: "me"))
        try await bench.create(Project.self, "p", Project.Spec(members: ["ana"], allocations: ["a"]))
        try await bench.create(
            Nodeset.self, "w", Nodeset.Spec(node_number: 2, app_type: "htcondor", app_role: "worker-nodes"))
        try await bench.create(Cluster.self, "c", Cluster.Spec(nodesets: ["w"]))
    }

    @Test(.timeLimit(.minutes(5))) func aRequestRunsAndEndsAndARestartFindsItsHeadNode() async throws {
        let bench = Bench()
        // Made before anything it refers to: it goes on by itself, event by event.
        try await bench.create(Request.self, "r", Request.Spec(project: "p", cluster: "c", allocations: ["a"]))
        var daemons: [CondorDaemons.Daemon] = []
        let file = bench.stateFolder + "/headnodes/r/condor/condor_config"
        try await Self.withMaster(bench) { service in
            try await Self.prepare(bench)
            let start = ContinuousClock.now
            try await Self.wait(service, [.pilotset]) {
                try await $0.records(.pilotset).items.first?.spec["wanted"] == 2
            }
            print("references complete -> pilots wanted: \(ContinuousClock.now - start)")
            try await Self.wait(service, [.request]) { try await $0.record(.request, "r").status["state"] == "pending" }
            daemons = CondorDaemons.of(file)
            #expect(!daemons.isEmpty)
        }
        // The Master is gone, its head node is not.
        #expect(CondorDaemons.of(file) == daemons)
        try await Self.withMaster(bench) { service in
            try await Self.wait(service, [.request]) {
                try await $0.record(.request, "r").status["state"] == "pending"
            }
            #expect(CondorDaemons.of(file) == daemons)
            _ = try await service.patchSpec(.request, "r", with: ["action": "terminate"], expecting: nil)
            try await Self.wait(service, [.request]) {
                try await $0.record(.request, "r").status["state"] == "terminated"
            }
            #expect(CondorDaemons.of(file).isEmpty)
            try await service.delete(.request, "r")
            try await service.delete(.allocation, "a")
            try await Self.wait(service, [.request, .allocation]) {
                let keys = await $0.keys()
                return !keys.contains(EntityKey(.request, "r")) && !keys.contains(EntityKey(.allocation, "a"))
            }
        }
        #expect(await bench.service.keys().filter { [.privatetoken, .pilotset].contains($0.kind) } == [])
        #expect(try await bench.service.records(.nodeset).items.map(\.name) == ["w"])
    }

    @Test(.timeLimit(.minutes(5))) func anIdleMasterUsesAlmostNoTime() async throws {
        let bench = Bench()
        try await bench.create(Request.self, "r", Request.Spec(project: "p", cluster: "c", allocations: ["a"]))
        try await Self.prepare(bench)
        try await Self.withMaster(bench) { service in
            try await Self.wait(service, [.request]) { try await $0.record(.request, "r").status["state"] == "pending" }
            let writes = await service.writes
            let before = Self.cpuTime()
            try await Task.sleep(for: .seconds(20))
            print("idle for 20 s: \(Self.cpuTime() - before) s of processor, \(await service.writes - writes) writes")
            #expect(Self.cpuTime() - before < 0.4)
            try await service.delete(.request, "r")
            try await Self.wait(service, [.request]) { await !$0.keys().contains(EntityKey(.request, "r")) }
        }
    }

    /// Processor seconds of this process and its ended children.
    static func cpuTime() -> Double {
        [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue].reduce(0) { sum, who in
            var usage = rusage()
            getrusage(who, &usage)
            return sum + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        }
    }
}
