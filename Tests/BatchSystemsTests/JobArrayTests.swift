import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import BatchSystems

/// Job arrays, as their commands run before a stand-in that notes what it was given.
@Suite struct JobArrayTests {
    static let flavors: [BatchSystemFlavor] = [.slurm, .sge, .pbs, .lsf]

    static func jobs(_ numbers: [Int], in folder: String = "/home/ana/p", change: (inout PilotJob) -> Void = { _ in })
        -> [PilotJob]
    {
        numbers.map { number in
            var job = PilotJob(
                tag: "vc3-a.\(number)", cores: 2, memoryMB: 100, diskMB: 10, walltime: .seconds(600),
                folder: "\(folder)/a.\(number)")
            change(&job)
            return job
        }
    }

    /// What the submission of `chosen`, of an array of `all`, says and has run.
    private func submit(
        _ flavor: BatchSystemFlavor, _ all: ClosedRange<Int>, chosen: [Int], answering answer: String,
        failingAt: Int = 0
    ) async throws -> (result: CommandResult, commands: [String], script: String) {
        let folder = NSTemporaryDirectory() + "vc3-array-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for number in chosen {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/it's/a.\(number)", withIntermediateDirectories: true)
        }
        let standIn = """
            #!/bin/sh
            echo "${0##*/} $*" >>\(folder)/commands
            [ $(grep -c "^${0##*/}" \(folder)/commands) != \(failingAt) ] || { echo 'no room' >&2; exit 9; }
            \(answer)
            """
        for program in ["sbatch", "qsub", "qdel", "bsub"] {
            try standIn.write(toFile: "\(folder)/\(program)", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(program)")
        }
        let jobs = Self.jobs(Array(all), in: folder + "/it's")
        let bulk = try #require(flavor.adapter().bulkSubmission(of: jobs))
        let descriptions = chosen.map { bulk.descriptions[$0 - all.lowerBound] }.joined(separator: "\n")
        let result = try await LocalRunner().run(
            .shell("PATH=\(folder):$PATH\n\(bulk.command)", input: Array((descriptions + "\n").utf8)))
        let commands = try String(contentsOfFile: "\(folder)/commands", encoding: .utf8)
        let script = try String(contentsOfFile: "\(folder)/it's/a.\(chosen[0])/array.job", encoding: .utf8)
        return (result, commands.split(separator: "\n").map(String.init), script)
    }

    @Test(arguments: [
        (BatchSystemFlavor.slurm, "echo 7", "--array=1-3", "7_2"),
        (.slurm, "echo '7;alpha'", "--array=1-3", "7_2"),
        (.sge, "echo 7.1-3:1", "-t 1-3", "7.2"),
        (.pbs, "echo '7[].server.edu'", "-J 1-3", "7[2].server.edu"),
        (.lsf, "echo 'Job <7> is submitted to queue <normal>.'", "-J vc3-a[1-3]", "7[2]"),
    ])
    func manyAreOneCommand(flavor: BatchSystemFlavor, answer: String, words: String, second: String) async throws {
        let (result, commands, script) = try await submit(flavor, 1...3, chosen: [1, 2, 3], answering: answer)
        #expect(result.succeeded, "\(result)")
        #expect(commands.count == 1 && commands[0].contains(words), "\(commands)")
        let ids = try result.output.split(separator: "\n").map {
            try flavor.adapter().jobID(fromSubmission: String($0))
        }
        #expect(ids.count == 3 && ids[1].rawValue == second, "\(ids)")
        #expect(script.hasPrefix("#!/bin/sh\n") && script.contains("it'\\''s/a.'"), "\(script)")
    }

    /// Somebody else decided about pilots 2 and 5.
    @Test(arguments: [
        (BatchSystemFlavor.slurm, "echo 7", ["--array=1-1,3-4"], ["7_1", "7_3", "7_4"]),
        (.sge, "echo $(grep -c qsub $(dirname $0)/commands).1-1:1", ["-t 1-1", "-t 3-4"], ["1.1", "2.3", "2.4"]),
        (
            .pbs, "echo \"$(grep -c qsub $(dirname $0)/commands)[].s\"", ["-J 1-2:2", "-J 3-4"],
            ["1[1].s", "2[3].s", "2[4].s"]
        ),
        (.lsf, "echo 'Job <7> is submitted to default queue <normal>.'", ["[1-1,3-4]"], ["7[1]", "7[3]", "7[4]"]),
    ])
    func gapsAreLeftOut(flavor: BatchSystemFlavor, answer: String, words: [String], ids: [String]) async throws {
        let (result, commands, _) = try await submit(flavor, 1...5, chosen: [1, 3, 4], answering: answer)
        #expect(commands.count == words.count, "\(commands)")
        for (command, word) in zip(commands, words) { #expect(command.contains(word)) }
        #expect(result.output.split(separator: "\n").map(String.init) == ids)
    }

    @Test(arguments: [(BatchSystemFlavor.sge, "echo 1.1-1:1", "qdel 1"), (.pbs, "echo '1[].s'", "qdel 1[].s")])
    func whatWasSubmittedBeforeARefusalGoes(flavor: BatchSystemFlavor, answer: String, last: String) async throws {
        let (result, commands, _) = try await submit(flavor, 1...5, chosen: [1, 3], answering: answer, failingAt: 2)
        #expect(result.status == .exited(9) && result.output.isEmpty && result.errorOutput.contains("no room"))
        #expect(commands.last == last, "\(commands)")
    }

    @Test(arguments: flavors) func anAnswerThatIsNotUnderstoodNamesNoJob(flavor: BatchSystemFlavor) async throws {
        let (result, _, _) = try await submit(flavor, 1...2, chosen: [1, 2], answering: "echo welcome")
        #expect(result.succeeded && result.output.isEmpty, "\(result)")
    }

    @Test(arguments: flavors) func aRefusalIsTheCommands(flavor: BatchSystemFlavor) async throws {
        let (result, _, _) = try await submit(flavor, 1...2, chosen: [1, 2], answering: "true", failingAt: 1)
        #expect(result.status == .exited(9) && result.errorOutput.contains("no room"), "\(result)")
    }

    @Test(arguments: flavors) func onlyPilotsThatAreAlikeAreAnArray(flavor: BatchSystemFlavor) {
        let system = flavor.adapter()
        #expect(system.bulkSubmission(of: Self.jobs([1, 2])) != nil)
        #expect(system.bulkSubmission(of: []) == nil)
        #expect(system.bulkSubmission(of: Self.jobs([1]) + Self.jobs([2]) { $0.cores = 3 }) == nil)
        #expect(system.bulkSubmission(of: Self.jobs([1]) + Self.jobs([2]) { $0.tag = "vc3-b.2" }) == nil)
        #expect(system.bulkSubmission(of: Self.jobs([1]) + Self.jobs([2]) { $0.folder = "/home/ana/q/a.2" }) == nil)
        #expect(system.bulkSubmission(of: Self.jobs([1]) + Self.jobs([2]) { $0.folder = "/home/ana/p/a.3" }) == nil)
        #expect(system.bulkSubmission(of: Self.jobs([1]) + Self.jobs([2]) { $0.tag = "vc3-a.02" }) == nil)
        #expect(system.bulkSubmission(of: Self.jobs([1]) + Self.jobs([2]) { $0.tag = "vc3-a" }) == nil)
    }

    @Test(arguments: [
        ("3", [3]), ("1-3", [1, 2, 3]), ("1-7:3", [1, 4, 7]), ("1,3,5-6", [1, 3, 5, 6]), ("1-9:4%2", [1, 5, 9]),
        ("0", [0]),
    ])
    func rangesOfTasks(text: String, numbers: [Int]) {
        #expect(TaskRange.numbers(text) == numbers)
    }

    @Test(arguments: [
        "", "-", "1-", "-3", "3-1", "1-3:0", "1-3:", "a", "1,,2", "1-2-3", "1-2:3:4", "0-999999999", "1000000000", "+1",
        "٣",
    ])
    func otherTextsAreNoRange(text: String) {
        #expect(TaskRange.numbers(text) == nil)
    }
}
