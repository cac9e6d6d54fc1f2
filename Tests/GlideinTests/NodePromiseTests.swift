import Testing

@testable import Glidein

/// What a node has, and what is said about it.
@Suite struct NodePromiseTests {
    static let promise = NodePromise(cores: 4, memory: 8192, disk: 2048, tokenIssued: 1_000_000)
    static let good = NodeFacts(
        scratch: "/scratch", disk: 2048, memory: 8000, cores: 4, clock: 1_000_300, fileClock: 1_000_301)

    @Test func aNodeAsPromisedIsTaken() {
        #expect(Self.promise.misfit(of: Self.good) == nil)
        #expect(Self.promise.misfit(of: NodeFacts(scratch: "/", clock: 1_000_000)) == nil, "nothing is known to be bad")
        #expect(
            NodePromise(cores: 1).misfit(of: NodeFacts(scratch: "/", disk: 0, memory: 1, cores: 1, clock: 0)) == nil)
    }

    struct Row: Sendable {
        var fault: NodeFault
        var words: String
        var change: @Sendable (inout NodeFacts) -> Void
    }

    @Test(arguments: [
        Row(fault: .diskShort, words: "/scratch has 2047 MiB free") { $0.disk = 2047 },
        Row(fault: .memoryShort, words: "7000 MiB of memory, and 8192") { $0.memory = 7000 },
        Row(fault: .coresShort, words: "may use 3 cores") { $0.cores = 3 },
        Row(fault: .clockWrong, words: "at least 61 s behind") {
            $0.clock = 999_939; $0.fileClock = nil
        },
        Row(fault: .clockWrong, words: "3600 s ahead of") { $0.fileClock = $0.clock - 3600 },
        Row(fault: .clockWrong, words: "3600 s behind that of") { $0.fileClock = $0.clock + 3600 },
    ])
    func whatIsNotAsPromisedIsNamed(row: Row) throws {
        var facts = Self.good
        row.change(&facts)
        let misfit = try #require(Self.promise.misfit(of: facts))
        #expect(misfit.fault == row.fault)
        #expect(misfit.message.contains(row.words), "\(misfit.message)")
        #expect(EndReason.unfit(misfit).exitCode == 14)
        #expect(EndReason.unfit(misfit).word == row.fault.rawValue)
    }

    @Test func theMachineItselfIsMeasured() {
        let facts = NodeFacts.measured(scratch: "/tmp", report: "/proc/self/status")
        #expect(facts.disk.map { $0 >= 0 } == true)
        #expect(facts.memory.map { $0 > 0 } == true)
        #expect(facts.cores.map { $0 > 0 } == true)
        #expect(facts.clock > 1_700_000_000)
    }

    @Test func anObstacleIsTold() {
        var report = GlideinReport(name: "p", node: "n", started: 1)
        report.obstacle = NodeMisfit(.headNodeUnreachable, "no \"way\"")
        #expect(report.line.contains(#""obstacle":"head-node-unreachable","message":"no \"way\"""#))
        report.enter(.validated, at: 2)
        #expect(!report.line.contains("obstacle"))
    }
}

@Suite struct ControlGroupsTests {
    @Test func theSmallestLimitOfAllGroupsAboveHolds() {
        let files = [
            "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "1048576000\n",
            "/sys/fs/cgroup/memory.max": "2097152000\n", "/sys/fs/cgroup/a/b/cpu.max": "150000 100000\n",
            "/sys/fs/cgroup/a/cpu.max": "max 100000\n",
        ]
        let limits = ControlGroups(membership: "0::/a/b\n") { files[$0] }
        #expect(limits.memory == 1_048_576_000)
        #expect(limits.cores == 2, "one and a half")
    }

    @Test func theOldInterfaceIsKnown() {
        let files = [
            "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
            "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "400000\n",
            "/sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
        ]
        let limits = ControlGroups(membership: "5:memory:/job\n4:cpu,cpuacct:/job\n1:name=systemd:/x\n") { files[$0] }
        #expect(limits.memory == 536_870_912)
        #expect(limits.cores == 4)
    }

    @Test(arguments: ["", "0", "0::", "x:y", "0::/../../..", "3:cpu"])
    func strangeTextsMeanNoLimit(text: String) {
        let limits = ControlGroups(membership: text) { _ in "-1 x" }
        #expect(limits == ControlGroups(membership: "") { _ in nil })
    }
}
