import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

/// Local jobs in a home of the test's own.
@Suite(.timeLimit(.minutes(2))) final class LocalBatchSystemTests {
    let home: String
    let runner: WrappedRunner
    let system = LocalBatchSystem()

    init() throws {
        var template = Array("/tmp/vc3t-XXXXXX".utf8CString)
        home = String(cString: try #require(mkdtemp(&template)))
        runner = WrappedRunner(prefix: ["env", "HOME=\(home)"])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: home)
    }

    func job(_ name: String, _ script: String, walltime: Duration = .seconds(600)) throws -> PilotJob {
        let folder = "\(home)/work/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "#!/bin/sh\n\(script)\n".write(toFile: "\(folder)/pilot.sh", atomically: true, encoding: .utf8)
        return PilotJob(tag: "vc3-\(name)", cores: 1, memoryMB: 0, diskMB: 0, walltime: walltime, folder: folder)
    }

    func submit(_ job: PilotJob) async throws -> JobID {
        let result = try await runner.run(.piped(script: system.submission(of: job)))
        try #require(result.succeeded, "\(result)")
        return try system.jobID(fromSubmission: result.output)
    }

    func report(_ tag: String) async throws -> JobReport? {
        let result = try await runner.run(system.status(tagPrefix: "vc3-"))
        return try system.reports(from: result, tagPrefix: "vc3-").first { $0.tag == tag }
    }

    func until(_ tag: String, _ state: JobState) async throws -> JobReport {
        let end = ContinuousClock.now + .seconds(40)
        while true {
            let seen = try await report(tag)
            if let seen, seen.state == state { return seen }
            try #require(ContinuousClock.now < end, "\(tag) is not \(state): \(String(describing: seen))")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The keeper's pid, from the file by which jobs are known.
    func pid(_ tag: String) throws -> Int32 {
        let text = try String(contentsOfFile: file(tag, "process"), encoding: .utf8)
        return try #require(text.split(separator: " ").first.flatMap { Int32($0) })
    }

    func file(_ tag: String, _ name: String) throws -> String {
        let host = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(home)/.vc3-local").first)
        return "\(home)/.vc3-local/\(host)/\(tag)/\(name)"
    }

    func processes(with text: String) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            return String(decoding: line.map { $0 == 0 ? 32 : $0 }, as: UTF8.self).contains(text)
        }
    }

    @Test func aTagSubmittedTwiceRunsOnce() async throws {
        let job = try job("once", "echo x >>runs; sleep 60")
        let ids = [try await submit(job), try await submit(job)]
        #expect(ids[0] == ids[1])
        _ = try await until(job.tag, .running)
        _ = try await submit(job)
        #expect(try String(contentsOfFile: "\(job.folder)/runs", encoding: .utf8) == "x\n")
        _ = try await runner.run(system.cancellation(of: ids))
        _ = try await until(job.tag, .cancelled)
    }

    @Test func aJobOutlivesItsSubmitter() async throws {
        let job = try job("outlives", "sleep 1; echo done >result")
        let script = "(\(system.submission(of: job))) && kill -9 $$"
        let result = try await runner.run(Command(["/bin/sh", "-c", "/bin/sh -s", "sh"], input: Array(script.utf8)))
        #expect(result.status == .exited(137))
        #expect(try await until(job.tag, .done).exitCode == 0)
        #expect(try String(contentsOfFile: "\(job.folder)/result", encoding: .utf8) == "done\n")
    }

    @Test func whatAPilotLeavesRunningEndsWithIt() async throws {
        let mark = "60.\(UInt32.random(in: 0...UInt32.max))"
        let job = try job("leaves", "sleep \(mark) & exit 4")
        _ = try await submit(job)
        #expect(try await until(job.tag, .failed).exitCode == 4)
        let end = ContinuousClock.now + .seconds(10)
        while try !processes(with: "sleep \(mark)").isEmpty, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try processes(with: "sleep \(mark)").isEmpty)
    }

    @Test func aDeafPilotIsKilled() async throws {
        let job = try job("deaf", "trap '' TERM; while :; do sleep 1; done")
        let id = try await submit(job)
        _ = try await until(job.tag, .running)
        _ = try await runner.run(system.cancellation(of: [id]))
        #expect(try await report(job.tag)?.state == .running)
        _ = try await until(job.tag, .cancelled)
        #expect(try processes(with: home).isEmpty)
    }

    @Test func theWalltimeIsKept() async throws {
        let job = try job("long", "sleep 60", walltime: .seconds(1))
        _ = try await submit(job)
        #expect(try await until(job.tag, .failed).nativeState == "TIMEOUT")
    }

    @Test func aKilledJobFailsAndAnotherProcessWithItsNumberIsLeftAlone() async throws {
        let job = try job("killed", "sleep 60")
        let id = try await submit(job)
        _ = try await until(job.tag, .running)
        kill(-(try pid(job.tag)), SIGKILL)
        #expect(try await until(job.tag, .failed).nativeState == "KILLED")

        // This process, in a group of its own, stands for one that was given the same number later.
        let innocent = Process()
        innocent.executableURL = URL(filePath: "/bin/sleep")
        innocent.arguments = ["60"]
        try innocent.run()
        // SIGTERM is blocked in what is started from a dispatch thread.
        defer { kill(innocent.processIdentifier, SIGKILL) }
        let record = try file(job.tag, "process")
        let words = try String(contentsOfFile: record, encoding: .utf8).split(separator: " ")
        try "\(innocent.processIdentifier) \(words[1]) \(words[2])".write(
            toFile: record, atomically: true, encoding: .utf8)
        #expect(try await report(job.tag)?.state == .failed)
        let result = try await runner.run(system.cancellation(of: [id]))
        #expect(result.succeeded && innocent.isRunning)
    }

    @Test func aJobCancelledBeforeItStartsDoesNotRun() async throws {
        let job = try job("early", "echo x >runs")
        // The folder of a job whose keeper has not run yet.
        _ = try await submit(try self.job("other", "true"))
        _ = try await until("vc3-other", .done)
        let keeper = try file("vc3-other", "keeper")
        let folder = try file(job.tag, "")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: keeper, toPath: folder + "keeper")
        #expect(try await report(job.tag)?.state == .pending)
        _ = try await runner.run(system.cancellation(of: [JobID(rawValue: job.tag)]))
        let late = try await runner.run(
            Command(["setsid", "/bin/sh", folder + "keeper", "60"], workingDirectory: job.folder))
        #expect(late.succeeded)
        _ = try await until(job.tag, .cancelled)
        #expect(!FileManager.default.fileExists(atPath: "\(job.folder)/runs"))
    }

    @Test func endedJobsAreForgottenAfterADay() async throws {
        let job = try job("old", "exit 0")
        _ = try await submit(job)
        _ = try await until(job.tag, .done)
        let aged = try await runner.run(Command(["touch", "-d", "2 days ago", try file(job.tag, "")]))
        #expect(aged.succeeded)
        #expect(try await report(job.tag)?.state == .done)
        #expect(try await report(job.tag) == nil)
    }

    @Test func anIDThatIsAPathIsNotFollowed() async throws {
        _ = try await submit(try job("x", "true"))
        try FileManager.default.createDirectory(atPath: "\(home)/victim", withIntermediateDirectories: true)
        let result = try await runner.run(
            system.cancellation(of: [JobID(rawValue: "../../victim"), JobID(rawValue: "$(id)")]))
        #expect(result.succeeded)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(home)/victim").isEmpty)
    }
}
