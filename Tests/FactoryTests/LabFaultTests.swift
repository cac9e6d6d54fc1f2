import Foundation
import Synchronization
import InfoserviceAPI
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// What goes wrong at real sites, and a Factory that is killed. Runs where ``LabTests`` does, as root of the host, at
/// the Slurm site `alpha`.
@Suite(.serialized) struct LabFaultTests {
    static let isOn = LabTests.sites.contains("alpha")

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var condition: String
        var reason: String
        var mender: Condition.Mender
        var edit: @Sendable (inout PilotSet.Spec) -> Void
    }

    static let faults = [
        Fault(testDescription: "unknown partition", condition: "Submitting", reason: "UnknownQueue", mender: .operator)
        {
            $0.batch.queue = "no-such-partition"
        },
        Fault(
            testDescription: "an option that it does not have", condition: "Submitting", reason: "UnsupportedOption",
            mender: .user
        ) { $0.batch.submitargs = ["--job-name=other"] },
        Fault(
            testDescription: "account that is not there", condition: "SiteReachable", reason: "AuthenticationRefused",
            mender: .user
        ) { $0.site.account = "nobody-here" },
        Fault(testDescription: "bad key", condition: "SiteReachable", reason: "AuthenticationRefused", mender: .user) {
            $0.site.privatetoken = "other"
        },
        Fault(testDescription: "changed host key", condition: "SiteReachable", reason: "HostKeyChanged", mender: .user)
        {
            $0.site.hostkey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHfIGsYGX+fxhGdq/5FY8IPBpuyOYh26JLjFx1P7apAA"
        },
        Fault(testDescription: "no host key", condition: "SiteReachable", reason: "HostKeyUnknown", mender: .user) {
            $0.site.hostkey = nil
        },
        Fault(testDescription: "nobody there", condition: "SiteReachable", reason: "Unreachable", mender: .nobody) {
            $0.site.port = 2
        },
        Fault(
            testDescription: "unknown batch system", condition: "SiteReachable", reason: "UnknownBatchSystem",
            mender: .operator
        ) { $0.site.flavor = "abacus" },
    ]

    @Test(.enabled(if: isOn), .timeLimit(.minutes(2)), arguments: faults)
    func aConditionNamesTheCauseAndWhoMendsIt(_ fault: Fault) async throws {
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: LabTests.key("alpha"))
            let other = try await LocalRunner().run(
                .shell("ssh-keygen -q -t ed25519 -N '' -f \(state)/other </dev/null >/dev/null && cat \(state)/other"))
            try await bench.keep("other", Array(other.output.utf8), "ssh")
            try await bench.create("set", at: LabTests.site("alpha"), wanted: 2, fault.edit)
            try await bench.running {
                let status = try await bench.infoservice.wait(for: "set", fault.testDescription) {
                    $0.conditions[fault.condition].map { $0.status != .yes } == true
                }
                let condition = try #require(status.conditions[fault.condition])
                print("\(fault): \(condition.reason) (\(condition.mender?.rawValue ?? "-")): \(condition.message)")
                #expect(condition.reason == fault.reason)
                #expect(condition.mender == fault.mender)
                #expect(condition.retryAt != nil)
                #expect(status.running == 0 && !status.last_errors.isEmpty)
                // What never came to the site goes without it.
                try await bench.infoservice.delete(.pilotset, "set")
                try await bench.infoservice.awaitRemoval(of: "set")
            }
        }
    }

    @Test(.enabled(if: isOn), .timeLimit(.minutes(2)))
    func aFullDiskIsTheUsersToMendAndGoesOnByItself() async throws {
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: LabTests.key("alpha"))
            try await bench.create("set", at: LabTests.site("alpha"), wanted: 2)
            try await Self.atSite(
                "dd if=/dev/zero of=fill bs=1M 2>/dev/null; dd if=/dev/zero of=fill2 bs=1 count=4096 2>/dev/null; df . | tail -1"
            )
            try await bench.running {
                let infoservice = bench.infoservice
                let status = try await infoservice.wait(for: "set", "full") {
                    $0.conditions["Submitting"]?.status == .no
                }
                #expect(status.conditions["Submitting"]?.reason == "DiskFull")
                #expect(status.conditions["Submitting"]?.mender == .user)
                print("full disk: \(status.conditions["Submitting"]?.message ?? "")")
                try await Self.atSite("rm -f fill fill2")
                _ = try await infoservice.wait(for: "set", "running") {
                    $0.running == 2 && $0.conditions.isTrue("Submitting")
                }
                try await infoservice.delete(.pilotset, "set")
                try await infoservice.awaitRemoval(of: "set")
            }
            try await LabTests.expectNothingLeft(LabTests.site("alpha"), "alpha")
        }
    }

    @Test(.enabled(if: isOn), .timeLimit(.minutes(5)))
    func aSiteThatIsCutOffForAMinuteKeepsItsPilots() async throws {
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: LabTests.key("alpha"))
            try await bench.create("set", at: LabTests.site("alpha"), wanted: 2)
            try await bench.running {
                let infoservice = bench.infoservice
                _ = try await infoservice.wait(for: "set", "running") { $0.running == 2 }
                let before = try await Self.jobs()
                let address = "10.78.0.11"
                _ = try await LocalRunner().run(.shell("ip route add unreachable \(address)/32"))
                try await infoservice.change("set") { $0.wanted = 3 }
                let status = try await infoservice.wait(for: "set", "cut off", atMost: 120) {
                    $0.conditions["SiteReachable"]?.status == .no
                }
                print("cut off: \(status.conditions["SiteReachable"]?.message ?? "")")
                #expect(status.running == 2)
                try await Task.sleep(for: .seconds(60))
                _ = try await LocalRunner().run(.shell("ip route del unreachable \(address)/32"))
                _ = try await infoservice.wait(for: "set", "running 3", atMost: 90) {
                    $0.running == 3 && $0.conditions.isTrue("SiteReachable")
                }
                #expect(try await Self.jobs().isSuperset(of: before))
                try await infoservice.delete(.pilotset, "set")
                try await infoservice.awaitRemoval(of: "set")
            }
            try await LabTests.expectNothingLeft(LabTests.site("alpha"), "alpha")
        }
    }

    /// `VC3_SEED` repeats a run's moments.
    @Test(.enabled(if: isOn), .timeLimit(.minutes(5)))
    func aFactoryKilledAtTenMomentsComesToTheSameEnd() async throws {
        let seed = LabTests.environment["VC3_SEED"].flatMap(UInt64.init) ?? .random(in: 0...9999)
        print("killed: VC3_SEED=\(seed)")
        try await withScratch { state in
            let bench = FactoryBench(state: state)
            try await bench.prepare(site: LabTests.key("alpha"))
            var random = SeededRandom(seed: seed)
            let watch = JobWatch()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !watch.isOver.withLock({ $0 }) {
                        let count = try await Self.jobs().count
                        watch.most.withLock { $0 = max($0, count) }
                    }
                }
                for _ in 0..<10 {
                    let wanted = Int.random(in: 2...4, using: &random)
                    let child = Process()
                    child.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
                    child.arguments = ["--testing-library", "swift-testing", "--filter", "childOfTheKillTest"]
                    child.environment = LabTests.environment.merging(
                        ["VC3_CHILD_STATE": state, "VC3_CHILD_WANTED": String(wanted)]) { $1 }
                    child.standardOutput = FileHandle.nullDevice
                    child.standardError = FileHandle.nullDevice
                    try child.run()
                    try await Task.sleep(for: .milliseconds(Int.random(in: 150...1800, using: &random)))
                    kill(child.processIdentifier, SIGKILL)
                    child.waitUntilExit()
                }
                try await bench.create("set", at: LabTests.site("alpha"), wanted: 3)
                try await bench.running {
                    _ = try await bench.infoservice.wait(for: "set", "running", atMost: 90) {
                        $0.running == 3 && $0.submitting + $0.pending + $0.retiring == 0
                    }
                    #expect(try await Self.jobs().count == 3)
                    try await bench.infoservice.delete(.pilotset, "set")
                    try await bench.infoservice.awaitRemoval(of: "set")
                }
                watch.isOver.withLock { $0 = true }
                try await group.waitForAll()
            }
            let most = watch.most.withLock { $0 }
            print("killed ten times: at most \(most) jobs at a time")
            #expect(most <= 4)
            try await LabTests.expectNothingLeft(LabTests.site("alpha"), "alpha")
        }
    }

    @Test(.enabled(if: LabTests.environment["VC3_CHILD_STATE"] != nil))
    func childOfTheKillTest() async throws {
        let bench = FactoryBench(state: LabTests.environment["VC3_CHILD_STATE"] ?? "")
        try await bench.prepare(site: LabTests.key("alpha"))
        let wanted = LabTests.environment["VC3_CHILD_WANTED"].flatMap { Int($0) } ?? 3
        try await bench.create("set", at: LabTests.site("alpha"), wanted: wanted)
        try await bench.running { try await Task.sleep(for: .seconds(600)) }
    }

    // MARK: - Alice's own eyes

    private final class JobWatch: Sendable {
        let most = Mutex(0)
        let isOver = Mutex(false)
    }

    private static func session() throws -> SSHSession {
        let site = try LabTests.site("alpha")
        return SSHSession(
            endpoint: SSHEndpoint(
                host: "alpha", user: "alice", hostKey: site.hostkey.flatMap { PinnedHostKey(line: $0) }),
            credentials: SSHCredentials(privateKey: try LabTests.key("alpha") ?? []),
            folder: "/tmp/vc3-lab-eyes-" + PilotID.random().rawValue)
    }

    @discardableResult
    private static func atSite(_ script: String) async throws -> String {
        let session = try session()
        let result = try await session.run(.shell(script))
        await session.close()
        return result.output
    }

    /// The jobs that wait or run.
    private static func jobs() async throws -> Set<String> {
        Set(
            try await atSite("squeue --me --noheader --format=%A --states=PD,R").split(separator: "\n").map(String.init)
        )
    }
}
