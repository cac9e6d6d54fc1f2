import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import BatchSystems

/// Jobs that wait because their account may use no more, told from those that wait for anything else.
@Suite struct QuotaTests {
    @Test(arguments: [
        ("AssocGrpJobsLimit", true), ("AssocMaxJobsLimit", true), ("AssocGrpCPUMinutesLimit", true),
        ("QOSMaxJobsPerUserLimit", true), ("QOSGrpCpuLimit", true), ("QOSMaxCpuPerUserLimit", true),
        ("QOSUsageThreshold", true), ("AssociationJobLimit", true), ("QOSMaxWallDurationPerJobLimit", false),
        ("QOSMaxCpuPerNode", false), ("QOSMinGRES", false), ("QOSNotAllowed", false), ("Resources", false),
        ("Priority", false), ("Licenses", false), ("", false),
    ])
    func slurm(reason: String, isQuota: Bool) throws {
        #expect(SlurmBatchSystem.isQuota(reason) == isQuota)
        for state in ["PENDING", "RUNNING"] {
            let reply = CommandResult(
                status: .exited(0), output: "7|\(state)|\(reason)||vc3t-a\nvc3-reply-is-whole\n")
            let report = try #require(try SlurmBatchSystem().reports(from: reply, tagPrefix: "vc3t-").first)
            #expect(report.isOverQuota == (isQuota && state == "PENDING"))
        }
    }

    /// Slots that a waiting job needs beyond those that the account has in use, and which rules say something about it.
    @Test(arguments: [
        ("mine/1 2/2 users alice", 1, true), ("mine/1 7/8 users alice", 1, false), ("mine/1 7/8 users alice", 2, true),
        ("all/1 8/8 -", 1, true), ("q/1 2/2 users alice queues short.q", 1, false), ("h/1 1/1 hosts beta", 1, false),
        ("p/1 2/2 projects physics", 1, false), ("odd/1 2 users alice", 1, false), ("odd/1 x/2 -", 1, false),
        ("odd/1 2/2", 1, false),
    ])
    func gridEngine(line: String, slots: Int, isQuota: Bool) throws {
        let file = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            .appending(path: "gridengine/8.1.9-all.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
            .replacing("<slots>99</slots>", with: "<slots>\(slots)</slots>")
            .replacing("vc3-reply-is-whole", with: "vc3-quota \(line)\nvc3-reply-is-whole")
        let reports = try GridEngineBatchSystem().reports(
            from: CommandResult(status: .exited(0), output: text), tagPrefix: "vc3t-")
        #expect(reports.map(\.tag) == ["vc3t-long", "vc3t-large", "vc3t-held"])
        #expect(reports.map(\.isOverQuota) == [false, isQuota, false])
        if isQuota {
            #expect(reports[1].reason?.hasPrefix("resource quota \(line.prefix { $0 != " " }): ") == true)
        } else {
            #expect(reports[1].reason == nil)
        }
    }

    @Test(arguments: [
        ("no match found ", false), ("submitter limit exceeded", true), ("concurrency limit LICENSE reached", true),
        ("PREEMPTION_REQUIREMENTS == False", false),
    ])
    func htcondor(reason: String, isQuota: Bool) throws {
        let ad =
            #"{"ClusterId": 7, "ProcId": 0, "JobStatus": 1, "VC3_Pilot": "vc3t-a", "LastRejMatchReason": "\#(reason)"}"#
        let reply = CommandResult(status: .exited(0), output: "[\n\(ad)\n]\nvc3-reply-is-whole\n")
        let report = try #require(try HTCondorBatchSystem().reports(from: reply, tagPrefix: "vc3t-").first)
        #expect(report.isOverQuota == isQuota && report.reason == reason.trimmingCharacters(in: .whitespaces))
        let running = CommandResult(
            status: .exited(0), output: reply.output.replacing(#""JobStatus": 1"#, with: #""JobStatus": 2"#))
        let other = try #require(try HTCondorBatchSystem().reports(from: running, tagPrefix: "vc3t-").first)
        #expect(!other.isOverQuota && other.reason == nil, "an old refusal says nothing about a job that runs")
    }

    @Test(arguments: [
        ("Not Running: User has reached server running job limit.", true),
        ("Not Running: Queue ncpus resource limit has been reached", true),
        ("Not Running: would exceed user alice's limit on resource ncpus in complex", true),
        ("Not Running: Insufficient amount of resource: ncpus", false), ("Not Running: Not enough free nodes", false),
    ])
    func pbs(comment: String, isQuota: Bool) {
        #expect(PBSBatchSystem.isQuota(comment) == isQuota)
    }
}
