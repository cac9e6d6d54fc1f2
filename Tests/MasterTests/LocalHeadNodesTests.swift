import Foundation
import HTCondorPool
import Testing
import VC3Commands
import VC3Model

@testable import Master

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// With a real HTCondor: `VC3_CONDOR_PREFIX` names its folder. Not as root, who cannot have a local head node.
private let condorPrefix = ProcessInfo.processInfo.environment["VC3_CONDOR_PREFIX"]
private let canRun = condorPrefix != nil && geteuid() != 0

@Suite(.serialized, .enabled(if: canRun, "needs VC3_CONDOR_PREFIX and an ordinary account"))
struct LocalHeadNodesTests {
    static func withHeadNodes(_ body: (LocalHeadNodes, HeadNodeOrder) async throws -> Void) async throws {
        let folder = "/tmp/vc3-heads-\(UInt32.random(in: 0 ... .max))"
        let heads = LocalHeadNodes(
            prefix: try #require(condorPrefix), folders: HeadNodeFolders(root: folder), address: "127.0.0.1",
            ports: PortReservations(range: 21_000...21_099))
        let order = HeadNodeOrder(
            request: "r", owner: "ana", signingKey: try await heads.folders.signingKey(of: "r"))
        do {
            try await body(heads, order)
        } catch {
            try await heads.remove("r", detail: [:])
            throw error
        }
        try await heads.remove("r", detail: [:])
        #expect(CondorDaemons.of(folder + "/r/condor/condor_config") == [])
        #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func itAnswersInAboutASecondAndIsFoundAgain() async throws {
        try await Self.withHeadNodes { heads, order in
            let detail = try await heads.prepare(order, recorded: [:])
            #expect(try await heads.prepare(order, recorded: detail) == detail)
            var state = HeadNodeState.starting("")
            let taken = try await ContinuousClock().measure {
                state = try await heads.ensure(order, detail: detail) { _ in }
            }
            #expect(state == .ready(address: "127.0.0.1", port: 21_000))
            print("local head node ready after \(taken)")
            let daemons = CondorDaemons.of(heads.folders.path("r") + "/condor/condor_config")
            #expect(Set(daemons.map(\.name)).isSuperset(of: ["condor_master", "condor_collector", "condor_schedd"]))
            #expect(try await heads.workers(of: "r", detail: detail) == 0)

            // Another process of ours finds the same daemons, and the same port even without the record.
            let again = LocalHeadNodes(
                prefix: heads.prefix, folders: heads.folders, address: nil,
                ports: PortReservations(range: 21_000...21_099))
            #expect(try await again.prepare(order, recorded: [:]) == detail)
            #expect(try await again.ensure(order, detail: detail) { _ in } == state)
            #expect(CondorDaemons.of(heads.folders.path("r") + "/condor/condor_config").count == daemons.count)
        }
    }

    @Test func daemonsThatWereKilledAreStartedAgainWithTheirQueue() async throws {
        try await Self.withHeadNodes { heads, order in
            let detail = try await heads.prepare(order, recorded: [:])
            _ = try await heads.ensure(order, detail: detail) { _ in }
            let folder = heads.folders.path("r")
            let submit = try await LocalRunner().run(
                .shell(
                    ". \(folder)/env.sh && printf 'executable=/bin/true\\nqueue\\n' >\(folder)/job && condor_submit \(folder)/job"
                ))
            #expect(submit.succeeded, "\(submit.errorOutput)")
            CondorDaemons.signal(SIGKILL, to: CondorDaemons.of(folder + "/condor/condor_config"))
            while !CondorDaemons.of(folder + "/condor/condor_config").isEmpty { await Task.yield() }
            #expect(
                try await heads.ensure(order, detail: detail) { _ in } == .ready(address: "127.0.0.1", port: 21_000))
            let queue = try await LocalRunner().run(.shell(". \(folder)/env.sh && condor_q -all -af ClusterId"))
            #expect(queue.output == "1\n", "\(queue.errorOutput)")
        }
    }

    @Test func twoHeadNodesHaveTwoPorts() async throws {
        try await Self.withHeadNodes { heads, order in
            var other = order
            other.request = "s"
            let first = try await heads.prepare(order, recorded: [:])
            let second = try await heads.prepare(other, recorded: [:])
            #expect(first["port"] != second["port"])
        }
    }
}

@Suite struct HeadNodePartsTests {
    @Test func workersAreCountedAndNotTheirSlots() {
        #expect(PoolQuery.workers(in: "slot1@vc3-a@x\nslot2@vc3-a@x\nslot1@vc3-b@x\n") == 2)
        #expect(PoolQuery.workers(in: "") == 0)
    }

    @Test func aPortInUseIsNotGiven() async throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, 1)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        #expect(!PortReservations.isFree(port))
        let ports = PortReservations(range: port...port)
        await #expect(throws: VC3Error.self) { try await ports.reserve(for: "r") }
    }

    @Test func theLoopbackAddressServesOnlyThisMachine() async throws {
        #expect(try await SourceAddress.toward([]) == "127.0.0.1")
        #expect(try await SourceAddress.toward(["localhost"]) == "127.0.0.1")
    }
}
