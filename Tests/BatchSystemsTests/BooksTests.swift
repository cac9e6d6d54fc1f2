import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

/// What batch systems write down about jobs that their queues have forgotten.
@Suite struct BooksTests {
    private static func reply(_ file: String) throws -> CommandResult {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        return CommandResult(status: .exited(0), output: text)
    }

    private static func summary(_ reports: [JobReport]) -> [String] {
        reports.map { report in
            [
                report.tag, report.job.rawValue, report.state.rawValue, report.nativeState,
                report.exitCode.map(String.init) ?? "-", report.node ?? "-",
            ].joined(separator: " ")
        }.sorted()
    }

    @Test func slurmTellsStatesAndSignals() throws {
        let reports = try SlurmBooks().reports(from: Self.reply("slurm/sacct-format.txt"))
        #expect(
            Self.summary(reports) == [
                "vc3-bad 13 failed FAILED 3 n2", "vc3-cancelled 14 cancelled CANCELLED 143 n1",
                "vc3-early|odd 18 cancelled CANCELLED 0 -", "vc3-fat 16 failed OUT_OF_MEMORY 253 n3",
                "vc3-good 12 done COMPLETED 0 n1", "vc3-long 15 failed TIMEOUT 0 n3",
            ])
        #expect(reports.first { $0.job.rawValue == "14" }?.reason == "CANCELLED by 1000")
    }

    @Test func slurmsOwnBooksAreUnderstood() throws {
        let reports = try SlurmBooks().reports(from: Self.reply("slurm/24.11.5-sacct.txt"))
        #expect(reports.count == 15)
        #expect(
            reports.filter { $0.tag.hasPrefix("job.sh.") && $0.exitCode == 3 }.map(\.job.rawValue) == [
                "18_1", "18_2", "18_3",
            ])
        #expect(reports.filter { $0.state == .cancelled }.count == 4 && reports.filter { $0.state == .done }.count == 4)
        #expect(reports.filter { $0.node == nil }.count == 7)
    }

    @Test func gridEngineTellsFailuresInItsOwnWords() throws {
        let reports = try GridEngineBooks().reports(from: Self.reply("gridengine/8.1.9-qacct.txt"))
        #expect(
            Self.summary(reports) == [
                "vc3-bad 2 failed failed 0 3 beta", "vc3-good 1 done failed 0 0 beta",
                "vc3-long 3 failed failed 37 137 beta",
            ])
        #expect(
            reports.first { $0.job.rawValue == "3" }?.reason == "qmaster enforced h_rt, h_cpu, or h_vmem limit")
    }

    @Test func condorTellsWhatTheQueueWould() throws {
        let reports = try HTCondorBooks().reports(from: Self.reply("htcondor/23.9.6-history.txt"))
        let node = "10-78-0-13.gamma.test"
        #expect(
            Self.summary(reports) == [
                "vc3-x 1.0 done 4 0 \(node)", "vc3-x 2.0 failed 4 3 \(node)", "vc3-x 3.0 failed 3 - \(node)",
            ])
    }

    /// No answer is never an empty one.
    @Test(arguments: [
        CommandResult(status: .exited(1), errorOutput: "Slurm accounting storage is disabled"),
        CommandResult(status: .exited(0), output: "12|COMPLETED|0:0|n1|vc3-good\n"),
        CommandResult(status: .exited(127), errorOutput: "not found"),
    ])
    func shutOrBrokenBooksSayNothing(_ result: CommandResult) {
        let all: [any JobBooks] = [SlurmBooks(), GridEngineBooks(), HTCondorBooks()]
        for books in all { #expect(throws: BatchSystemError.self) { try books.reports(from: result) } }
    }

    @Test func eachSystemWithBooksHasThem() {
        let withBooks = BatchSystemFlavor.allCases.filter { $0.adapter().books != nil }
        #expect(Set(withBooks).isSuperset(of: [.slurm, .sge, .condor]))
        #expect(BatchSystemFlavor.local.adapter().books == nil)
    }
}
