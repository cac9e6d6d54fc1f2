import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Master

/// Real logins at the lab's `alpha`.
@Suite(.serialized, .enabled(if: Lab.isThere, "needs VC3_LAB_KEY"))
struct AllocationLabTests {
    /// What a validation with this key, account and batch system at alpha comes to.
    static func validate(
        account: String = "alice", key: String? = Lab.key, flavor: String = "slurm", port: Int = 22,
        gateway: String? = nil, hostKey: String? = nil
    ) async throws -> Entity<Allocation> {
        let bench = Bench()
        try await bench.create(Nodeinfo.self, "n", Nodeinfo.Spec())
        try await bench.create(
            Resource.self, "alpha",
            Resource.Spec(
                accesstype: "batch", accessmethod: "ssh", accessflavor: flavor, accesshost: Lab.alpha,
                accessport: String(port), accessgateway: gateway, nodeinfo: "n"))
        try await bench.create(
            Allocation.self, "a",
            Allocation.Spec(resource: "alpha", accountname: account, hostkey: hostKey))
        // The allocation's key is the lab's, as if its owner had installed it.
        if let key {
            let place = bench.stateFolder + "/ssh/allocations/a"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: key, toPath: place + "/a")
        }
        return try await bench.withProcess { process in
            let real = AllocationReconciler(
                store: process.store, keys: process.allocations.keys, login: LoginCheck(),
                sessionFolder: bench.stateFolder + "/s", clock: process.allocations.clock, resync: .seconds(300))
            for step in 0..<3 {
                if step == 1 { try await bench.patch(.allocation, "a", ["validate": 1]) }
                try await bench.catchUp(process)
                _ = try await real.reconcile("a")
            }
            #expect(!FileManager.default.fileExists(atPath: bench.stateFolder + "/s/a/key"))
            return try await bench.get(Allocation.self, "a")
        }
    }

    @Test func aGoodKeyIsReady() async throws {
        let allocation = try await Self.validate()
        #expect(allocation.status.state == "ready", "\(allocation.status.state_reason ?? "")")
        #expect(allocation.status.state_reason?.contains("found sbatch") == true)
        #expect(allocation.status.hostkey?.hasPrefix("ssh-ed25519 ") == true)
    }

    @Test func aLoginThroughAGatewayPinsBothHostKeys() async throws {
        let allocation = try await Self.validate(gateway: Lab.gateway)
        #expect(allocation.status.state == "ready", "\(allocation.status.state_reason ?? "")")
        let lines = (allocation.status.hostkey ?? "").split(separator: "\n").map { PinnedHostKey(line: String($0)) }
        #expect(
            lines == [
                try await SSHSession.readHostKey(of: Lab.alpha), try await SSHSession.readHostKey(of: Lab.gateway),
            ])

        let swapped = lines.reversed().compactMap { $0?.line }.joined(separator: "\n")
        let refused = try await Self.validate(gateway: Lab.gateway, hostKey: swapped)
        #expect(refused.status.conditions["Validated"]?.reason == "HostKeyChanged")
        #expect(refused.status.state_reason?.hasPrefix(Lab.gateway + " shows") == true)
        let single = try await Self.validate(gateway: Lab.gateway, hostKey: lines[0]?.line)
        #expect(single.status.conditions["Validated"]?.reason == "BadHostKey")
    }

    @Test func aKeyThatIsNotInstalledIsRefused() async throws {
        let allocation = try await Self.validate(key: nil)
        #expect(allocation.status.conditions["Validated"]?.reason == "AuthenticationRefused")
        #expect(allocation.status.conditions["Validated"]?.mender == .user)
    }

    @Test func aWrongAccountIsRefused() async throws {
        let allocation = try await Self.validate(account: "nobody-here")
        #expect(allocation.status.conditions["Validated"]?.reason == "AuthenticationRefused")
        #expect(allocation.status.state_reason?.contains("nobody-here") == true)
    }

    @Test func anotherBatchSystemIsMissed() async throws {
        let allocation = try await Self.validate(flavor: "condor")
        #expect(allocation.status.conditions["Validated"]?.reason == "NoBatchSystem")
        #expect(allocation.status.state_reason?.contains("condor_submit") == true)
    }

    @Test func anotherHostKeyIsRefused() async throws {
        let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8V4+1kcFb3Ma0sZ6k8cX0d0T0s6GvW2vQ7g5eVh1xq"
        let allocation = try await Self.validate(hostKey: other)
        #expect(allocation.status.conditions["Validated"]?.reason == "HostKeyChanged")
        #expect(allocation.status.state_reason?.contains("SHA256:") == true)
    }

    @Test func aPortWhereNobodyListensIsTriedAgain() async throws {
        let allocation = try await Self.validate(port: 2)
        #expect(allocation.status.conditions["Validated"]?.reason == "Unreachable")
        #expect(allocation.status.conditions["Validated"]?.retryAt != nil)
    }
}
