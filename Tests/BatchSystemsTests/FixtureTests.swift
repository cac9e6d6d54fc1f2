import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

/// What a test expects of a report.
struct Expected: Sendable {
    var tag: String
    var job: String
    var state: JobState
    var reason: String?
    var exitCode: Int32?
    var node: String?

    init(
        _ tag: String, _ job: String, _ state: JobState, reason: String? = nil, exitCode: Int32? = nil,
        node: String? = nil
    ) {
        self.tag = tag
        self.job = job
        self.state = state
        self.reason = reason
        self.exitCode = exitCode
        self.node = node
    }
}

struct Recording: Sendable, CustomTestStringConvertible {
    var flavor: BatchSystemFlavor
    var file: String
    var reports: [Expected]
    var testDescription: String { file }

    var text: String {
        get throws {
            let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            return try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        }
    }

    static let all: [Recording] = [
        Recording(
            flavor: .slurm, file: "slurm/22.05.8-all.txt",
            reports: [
                Expected("vc3t-along", "12", .cancelled, node: "n1"),
                Expected("vc3t-bpilot", "16", .cancelled, node: "n1"),
                Expected("vc3t-aheld", "15", .cancelled, reason: "JobHeldUser"),
                Expected("vc3t-agood", "13", .done, node: "n1"), Expected("vc3t-good", "18", .done, node: "n1"),
                Expected("vc3t-abad", "14", .failed, reason: "NonZeroExitCode", node: "n1"),
                Expected("vc3t-bad", "19", .failed, reason: "NonZeroExitCode", node: "n1"),
                Expected("vc3t-held", "20", .held, reason: "JobHeldUser"),
                Expected("vc3t-long", "17", .running, node: "n1"),
            ]),
        Recording(
            flavor: .sge, file: "gridengine/8.1.9-all.txt",
            reports: [
                Expected("vc3t-long", "19", .running, node: "siteb"), Expected("vc3t-large", "22", .pending),
                Expected("vc3t-held", "23", .held),
            ]),
        Recording(
            flavor: .sge, file: "gridengine/8.1.9-error.txt",
            reports: ["30": "vc3t-broken", "31": "vc3t-two"].sorted { $0.key < $1.key }.map { id, tag in
                Expected(
                    tag, id, .held,
                    reason: #"11/22/2026 14:41:05 [2001:\#(id == "30" ? 6944 : 7021)]: error: "#
                        + #"can't open output file "/no/such/dir/x": No such file or directory"#)
            }),
        Recording(
            flavor: .sge, file: "gridengine/8.1.9-deleting.txt",
            reports: [
                Expected("vc3t-ending1", "33", .finishing, node: "siteb"),
                Expected("vc3t-ending2", "34", .finishing, node: "siteb"),
            ]),
        Recording(flavor: .sge, file: "gridengine/8.1.9-empty.txt", reports: []),
        Recording(
            flavor: .condor, file: "htcondor/23.9.6-all.txt",
            reports: [
                Expected("vc3t-long", "15.0", .running, node: "10-78-0-5.sitec.test"),
                Expected("vc3t-good", "16.0", .done, exitCode: 0, node: "10-78-0-5.sitec.test"),
                Expected("vc3t-bad", "17.0", .failed, exitCode: 3, node: "10-78-0-5.sitec.test"),
                Expected("vc3t-large", "18.0", .pending),
                Expected("vc3t-held", "19.0", .held, reason: "submitted on hold at user's request"),
            ]),
        Recording(
            flavor: .condor, file: "htcondor/23.9.6-removed.txt",
            reports: ["long", "good", "bad", "large", "held"].enumerated().map { index, name in
                Expected(
                    "vc3t-" + name, "\(15 + index).0", .cancelled, reason: "via condor_rm (by user alice)",
                    node: index < 3 ? "10-78-0-5.sitec.test" : nil)
            }),
        Recording(flavor: .condor, file: "htcondor/23.9.6-empty.txt", reports: []),
        Recording(
            flavor: .slurm, file: "slurm/22.05.8-array.txt",
            reports: [1, 3, 4].map { Expected("vc3t-set.\($0)", "5_\($0)", .running, node: "n1") }),
        Recording(
            flavor: .sge, file: "gridengine/8.1.9-array.txt",
            reports: [("1", "6.1"), ("3", "7.3"), ("4", "7.4")].map {
                Expected("vc3t-set.\($0)", $1, .running, node: "beta")
            }),
        Recording(
            flavor: .condor, file: "htcondor/23.9.6-array.txt",
            reports: [("1", "6.0"), ("3", "6.1"), ("4", "6.2")].map {
                Expected("vc3t-set.\($0)", $1, .running, node: "10-78-0-13.gamma.test")
            }),
        Recording(
            flavor: .pbs, file: "pbs/openpbs-by-hand.txt",
            reports: [
                Expected(
                    "vc3t-long", "101.pbs01", .running,
                    reason: "Job run at Thu Nov 26 at 22:10 on (node3:ncpus=2:mem=102400kb)", node: "node3"),
                Expected("vc3t-good", "102.pbs01", .done, exitCode: 0, node: "node3"),
                Expected("vc3t-bad", "103.pbs01", .failed, exitCode: 3, node: "node3"),
                Expected("vc3t-never", "104.pbs01", .vanished), Expected("vc3t-held", "105.pbs01", .held),
                Expected("vc3t-set.1", "108[1].pbs01", .vanished),
                Expected("vc3t-set.2", "108[2].pbs01", .running, node: "node4"),
                Expected("vc3t-set.3", "108[3].pbs01", .pending),
            ]),
        Recording(
            flavor: .torque, file: "pbs/torque-by-hand.txt",
            reports: [
                Expected("vc3t-long", "7.torque.example.edu", .running, node: "node3"),
                Expected("vc3t-killed", "8.torque.example.edu", .failed, exitCode: 271, node: "node3"),
                Expected("vc3t-waits", "9.torque.example.edu", .pending),
            ]),
        Recording(
            flavor: .lsf, file: "lsf/10.1-by-hand.txt",
            reports: [
                Expected("vc3t-long", "201", .running, node: "node3"),
                Expected("vc3t-good", "202", .done, exitCode: 0, node: "node3"),
                Expected("vc3t-bad", "203", .failed, reason: "exit code 3", exitCode: 3, node: "node3"),
                Expected("vc3t-waits", "204", .pending), Expected("vc3t-held", "205", .held),
                Expected("vc3t-lost", "206", .unknown, node: "node5"),
                Expected("vc3t-set.1", "208[1]", .running, node: "node4"),
                Expected("vc3t-set.2", "208[2]", .failed, reason: "exit code 143", exitCode: 143, node: "node4"),
                Expected("vc3t-set.7", "208[7]", .pending),
            ]),
        Recording(flavor: .lsf, file: "lsf/10.1-empty-by-hand.txt", reports: []),
        Recording(
            flavor: .kubernetes, file: "kubernetes/v1-by-hand.txt",
            reports: [
                Expected("vc3t-long", "vc3t-long", .running, node: "node3"), Expected("vc3t-good", "vc3t-good", .done),
                Expected(
                    "vc3t-bad", "vc3t-bad", .failed, reason: "Job has reached the specified backoff limit", exitCode: 3,
                    node: "node4"),
                Expected("vc3t-noimage", "vc3t-noimage", .held, reason: "Back-off pulling image", node: "node4"),
                Expected("vc3t-held", "vc3t-held", .held, reason: "Job suspended"),
                Expected("vc3t-new", "vc3t-new", .pending), Expected("vc3t-going", "vc3t-going", .finishing),
            ]),
        Recording(
            flavor: .local, file: "local/all.txt",
            reports: [
                Expected("vc3t-bad", "vc3t-bad", .failed, reason: "exit code 3", exitCode: 3, node: "vm"),
                Expected("vc3t-good", "vc3t-good", .done, exitCode: 0, node: "vm"),
                Expected("vc3t-long", "vc3t-long", .running, node: "vm"),
            ]),
    ]
}

@Suite struct FixtureTests {
    @Test(arguments: Recording.all) func aRecordedReplyIsUnderstood(recording: Recording) throws {
        let result = CommandResult(status: .exited(0), output: try recording.text)
        let reports = try recording.flavor.adapter().reports(from: result, tagPrefix: "vc3t-")
        #expect(reports.map(\.tag) == recording.reports.map(\.tag))
        for (report, expected) in zip(reports, recording.reports) {
            #expect(report.job.rawValue == expected.job)
            #expect(report.state == expected.state)
            #expect(report.reason == expected.reason)
            #expect(report.exitCode == expected.exitCode)
            #expect(report.node == expected.node)
        }
    }

    /// A reply is believed only as a whole: no piece of it may pass for a shorter list.
    @Test(arguments: Recording.all) func noPieceOfAReplyIsBelieved(recording: Recording) throws {
        let text = Array(try recording.text.utf8)
        // The line end after the last line is not needed.
        for length in 0..<(text.count - 1) {
            let piece = String(decoding: text[..<length], as: UTF8.self)
            #expect(throws: BatchSystemError.self) {
                try recording.flavor.adapter().reports(
                    from: CommandResult(status: .exited(0), output: piece), tagPrefix: "vc3t-")
            }
        }
        let trimmed = CommandResult(status: .exited(0), output: String(decoding: text.dropLast(), as: UTF8.self))
        #expect(
            try recording.flavor.adapter().reports(from: trimmed, tagPrefix: "vc3t-").count == recording.reports.count)
    }

    @Test(arguments: Recording.all) func aFailedQueryIsNotBelieved(recording: Recording) throws {
        for status in [ExitStatus.exited(1), .exited(255), .signaled(9)] {
            let result = CommandResult(status: status, output: try recording.text, errorOutput: "server is down")
            let failure = #expect(throws: BatchSystemError.self) {
                try recording.flavor.adapter().reports(from: result, tagPrefix: "vc3t-")
            }
            #expect(failure?.reason == .unavailable)
            #expect(failure?.message.contains("server is down") == true)
        }
        let missing = CommandResult(status: .exited(127), errorOutput: "sh: 1: squeue: not found")
        let failure = #expect(throws: BatchSystemError.self) {
            try recording.flavor.adapter().reports(from: missing, tagPrefix: "vc3t-")
        }
        #expect(failure?.reason == .notInstalled)
    }

    @Test(arguments: BatchSystemFlavor.allCases) func oddRepliesAreRefused(flavor: BatchSystemFlavor) {
        for text in ["hello", "<html>", "{}", "[", "a|b", "<job_info></job_info><job_info>", "host", "[\n{\n}\n]"] {
            let result = CommandResult(status: .exited(0), output: "\(text)\nvc3-reply-is-whole\n")
            #expect(throws: BatchSystemError.self) { try flavor.adapter().reports(from: result, tagPrefix: "vc3t-") }
        }
    }
}
