import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

/// Runs commands through a command, such as `ssh host` or a lab's way into one of its hosts.
struct WrappedRunner: CommandRunner {
    var prefix: [String]

    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        var wrapped = command
        wrapped.arguments = prefix + command.arguments
        return try await LocalRunner().run(wrapped)
    }
}

/// A batch system to test with, and what is particular about it.
struct LiveSite: Sendable, CustomTestStringConvertible {
    var flavor: BatchSystemFlavor
    var runner: any CommandRunner
    /// Whether it tells how jobs ended. If not, they go missing.
    var tellsEnds = true
    var hold: [String]?
    /// Whether it tells jobs on hold from those that wait.
    var tellsHolds = true
    var unknownQueue: String? = "no-such-queue"
    /// Whether a cancelled pilot is warned first.
    var warns = true
    /// Whether a job too large for every node waits for ever, rather than runs all the same.
    var knowsSize = true
    /// What a job on hold asks for, and what the batch system then tells about it.
    var asking: Asking?
    var testDescription: String { flavor.rawValue }

    struct Asking: Sendable {
        var options: BatchOptions
        var settings: [String: String] = [:]
        /// The command that tells all about the job `$1`.
        var telling: String
        var words: [String]
    }

    /// Sites named by the environment: `VC3_LIVE_SLURM`, `VC3_LIVE_SGE` and so on are commands that run their arguments at
    /// such a site; the local one is this machine.
    static let all: [LiveSite] = {
        var sites: [LiveSite] = []
        for flavor in BatchSystemFlavor.allCases where flavor != .local {
            let name = "VC3_LIVE_" + flavor.rawValue.uppercased()
            guard let words = ProcessInfo.processInfo.environment[name], !words.isEmpty else { continue }
            var site = LiveSite(
                flavor: flavor, runner: WrappedRunner(prefix: words.split(separator: " ").map(String.init)))
            switch flavor {
            case .slurm:
                site.hold = ["--hold"]
                site.asking = Asking(
                    options: BatchOptions(
                        queue: "debug", account: "physics", reservation: "course", constraint: "fast", gpus: 2,
                        submitargs: ["--comment=of VC3", "--nice=5"]),
                    telling: "scontrol show job $1",
                    words: [
                        "Partition=debug", "Account=physics", "Reservation=course", "Features=fast", "gres:gpu:2",
                        "Comment=of VC3", "Nice=5", "TimeLimit=00:04:00", "CPUs/Task=2", "MinMemoryNode=100M",
                        "Requeue=0",
                    ])
            case .sge:
                site.hold = ["-h"]
                site.tellsEnds = false
                site.asking = Asking(
                    options: BatchOptions(
                        queue: "main.q", account: "physics", constraint: "arch=*", wholenode: true, gpus: 2,
                        submitargs: ["-ac vc3=yes", "-p -5"]), settings: ["memoryresource": "h_vmem"],
                    telling: "qstat -j $1",
                    words: [
                        "project:                    physics", "hard_queue_list:            main.q", "exclusive=true",
                        "gpu=2", "h_rt=240", "h_vmem=50M", "arch=*", "smp range: 2", "vc3=yes",
                        "notify:                     TRUE",
                    ])
            case .condor:
                site.hold = ["hold = true"]
                site.unknownQueue = nil
                site.asking = Asking(
                    options: BatchOptions(
                        account: "group.physics", constraint: "Arch == \"X86_64\"", gpus: 2,
                        submitargs: ["+Project = \"vc3\"", "priority = 5"]), telling: "condor_q -long $1",
                    words: [
                        "AcctGroup = \"group.physics\"", "Arch == \"X86_64\"", "RequestGPUs = 2", "Project = \"vc3\"",
                        "JobPrio = 5", "RequestCpus = 2", "RequestMemory = 100",
                    ])
            case .torque:
                // slurm-wlm-torque: a completed job has no exit code, one on hold is queued, and qdel kills at once.
                site.hold = ["-h"]
                site.tellsHolds = false
                site.tellsEnds = false
                site.warns = false
                site.asking = Asking(
                    options: BatchOptions(queue: "debug", account: "physics", gpus: 2),
                    telling: "scontrol show job $1",
                    words: [
                        "Partition=debug", "Account=physics", "gres:gpu:2", "TimeLimit=00:04:00", "NumTasks=2",
                        "MinMemoryNode=100M",
                    ])
            case .pbs, .lsf, .kubernetes, .local: break
            }
            sites.append(site)
        }
        // Not the user's own home.
        let home = WrappedRunner(prefix: ["env", "HOME=\(NSTemporaryDirectory())vc3-live-\(getpid())"])
        sites.append(LiveSite(flavor: .local, runner: home, hold: nil, unknownQueue: nil, knowsSize: false))
        return sites
    }()
}

/// The adapters against real batch systems: `tellsEnds` apart, all must show the same.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LiveBatchSystemTests {
    @Test(arguments: LiveSite.all) func aPilotsLifeIsTold(site: LiveSite) async throws {
        try await Trial(site).live()
    }

    @Test(arguments: LiveSite.all) func jobsSubmittedTogetherAreKnownApart(site: LiveSite) async throws {
        try await Trial(site).together()
    }

    @Test(arguments: LiveSite.all) func whatIsAskedForReachesTheBatchSystem(site: LiveSite) async throws {
        try await Trial(site).ask()
    }

    @Test(arguments: LiveSite.all) func whatIsWrongIsSaid(site: LiveSite) async throws {
        try await Trial(site).refuse()
    }

    @Test(arguments: LiveSite.all) func aCancelledJobGoes(site: LiveSite) async throws {
        try await Trial(site).cancel()
    }
}

/// One run of a scenario, with tags and a folder of its own.
struct Trial {
    let site: LiveSite
    let system: any BatchSystem
    let prefix = "vc3t" + String(UInt32.random(in: 0...UInt32.max), radix: 36) + "-"

    init(_ site: LiveSite) {
        self.site = site
        system = site.flavor.adapter()
    }

    func job(_ name: String, _ script: String, change: (inout PilotJob) -> Void = { _ in }) async throws -> PilotJob {
        let home = try await site.runner.run(.shell("mkdir -p ~/\(prefix)x/\(name) && cd ~/\(prefix)x/\(name) && pwd"))
        let folder = home.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let written = try await site.runner.run(
            .shell("printf '#!/bin/sh\\n%s\\n' \(RemoteShell.quote(script)) >\(folder)/pilot.sh"))
        try #require(written.succeeded, "\(written)")
        var job = PilotJob(
            tag: prefix + name, cores: 1, memoryMB: 100, diskMB: 10, walltime: .seconds(600), folder: folder)
        change(&job)
        return job
    }

    func submit(_ job: PilotJob) async throws -> JobID {
        let result = try await site.runner.run(
            .piped(script: "before=$PWD\n" + system.submission(of: job) + " || exit\n[ \"$before\" = \"$PWD\" ]"))
        try #require(result.succeeded, "\(result)")
        return try system.jobID(fromSubmission: result.output)
    }

    func reports(_ record: String? = nil) async throws -> [String: JobReport] {
        let result = try await site.runner.run(system.status(tagPrefix: prefix))
        if let record, let folder = ProcessInfo.processInfo.environment["VC3_RECORD"] {
            try result.output.replacing(prefix, with: "vc3t-").write(
                toFile: "\(folder)/\(site.flavor.rawValue)-\(record).txt", atomically: true, encoding: .utf8)
        }
        let reports = try system.reports(from: result, tagPrefix: prefix)
        return Dictionary(uniqueKeysWithValues: reports.map { (String($0.tag.dropFirst(prefix.count)), $0) })
    }

    func until(_ what: String, within seconds: Int = 60, _ holds: ([String: JobReport]) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let seen = try await reports()
            if holds(seen) { return }
            try #require(ContinuousClock.now < end, "not yet: \(what): \(seen)")
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    func has(_ job: PilotJob, file: String) async throws -> Bool {
        try await site.runner.run(.shell("cat \(RemoteShell.quote("\(job.folder)/\(file)"))")).succeeded
    }

    func cleanUp() async throws {
        let whole = site.flavor == .local ? "rm -rf ~" : "rm -rf ~/\(prefix)x"
        _ = try await site.runner.run(.shell(whole))
    }

    func live() async throws {
        #expect(try await reports("empty").isEmpty)
        let long = try await job("long", "echo started; sleep 300")
        let good = try await job("good", "exit 0")
        let bad = try await job("bad", "exit 3")
        var ids: [String: JobID] = [:]
        for job in [long, good, bad] { ids[String(job.tag.dropFirst(prefix.count))] = try await submit(job) }
        var waiting: [PilotJob] = []
        if site.knowsSize, site.flavor != .slurm {
            waiting.append(try await job("large", "exit 0") { $0.cores = 99 })
        }
        if let hold = site.hold { waiting.append(try await job("held", "exit 0") { $0.options.submitargs = hold }) }
        for job in waiting { ids[String(job.tag.dropFirst(prefix.count))] = try await submit(job) }
        try await until("all have their states") { seen in
            seen["long"]?.state == .running
                && (site.tellsEnds
                    ? seen["good"]?.state == .done && seen["bad"]?.state == .failed
                    : seen["good"].isOver && seen["bad"].isOver)
        }
        let seen = try await reports("all")
        #expect(seen["long"]?.node?.isEmpty == false)
        if site.tellsEnds {
            #expect(seen["bad"]?.exitCode == 3 || seen["bad"]?.reason == "NonZeroExitCode")
        }
        if waiting.count > 1 { #expect(seen["large"]?.state == .pending) }
        if site.hold != nil { #expect(seen["held"]?.state == (site.tellsHolds ? .held : .pending)) }
        for (name, report) in seen { #expect(report.job == ids[name]) }
        #expect(try await has(long, file: "pilot.out"))

        let cancelled = try await site.runner.run(system.cancellation(of: Array(ids.values)))
        #expect(cancelled.succeeded, "\(cancelled)")
        try await until("all have ended") { $0.values.allSatisfy { Optional($0).isOver } }
        _ = try await reports("ended")
        try await cleanUp()
    }

    /// Three of four that could be: somebody else has decided about number 2.
    func together() async throws {
        var jobs: [PilotJob] = []
        for number in 1...4 { jobs.append(try await job("set.\(number)", "pwd; exec sleep 300")) }
        guard let bulk = system.bulkSubmission(of: jobs) else { return }
        func submit(_ bulk: BulkSubmission) async throws -> CommandResult {
            let chosen = [0, 2, 3].map { bulk.descriptions[$0] }
            return try await site.runner.run(
                .piped(
                    script: "submit_them() {\n\(bulk.command)\n}\nsubmit_them <<'END'\n"
                        + chosen.joined(separator: "\n") + "\nEND\n"))
        }
        let result = try await submit(bulk)
        try #require(result.succeeded, "\(result)")
        let ids = try result.output.split(separator: "\n").map { try system.jobID(fromSubmission: String($0)) }
        #expect(Set(ids).count == 3)
        try await until("all run") { $0.count == 3 && $0.values.allSatisfy { $0.state == .running } }
        let seen = try await reports("array")
        for (number, id) in zip([1, 3, 4], ids) {
            #expect(seen["set.\(number)"]?.job == id)
            let folder = jobs[number - 1].folder
            let output = try await site.runner.run(.shell("cat \(RemoteShell.quote("\(folder)/pilot.out"))"))
            #expect(output.output == folder + "\n")
        }
        // One goes alone.
        #expect(try await site.runner.run(system.cancellation(of: [ids[1]])).succeeded)
        try await until("one has ended") { seen in
            seen["set.3"].isOver && seen["set.1"]?.state == .running
                && seen["set.4"]?.state == .running
        }
        let wrong = jobs.map { job in
            var job = job
            job.options.submitargs = ["--no-such-option", "= =("]
            return job
        }
        let refused = try await submit(#require(system.bulkSubmission(of: wrong)))
        #expect(!refused.succeeded && system.refusal(refused).reason == .badOption, "\(refused)")
        #expect(try await site.runner.run(system.cancellation(of: ids)).succeeded)
        try await until("all have ended") { $0.values.allSatisfy { Optional($0).isOver } }
        try await cleanUp()
    }

    func ask() async throws {
        guard let asking = site.asking else { return }
        let pilot = try await job("asking", "exit 0") {
            $0.cores = 2
            $0.walltime = .seconds(240)
            $0.options = asking.options
            $0.options.submitargs = (asking.options.submitargs ?? []) + (site.hold ?? [])
            $0.settings = asking.settings
        }
        #expect(system.refusal(of: pilot) == nil)
        let id = try await submit(pilot)
        let told = try await site.runner.run(.shell("set -- \(RemoteShell.quote(id.rawValue)); \(asking.telling)"))
        for word in asking.words { #expect(told.output.contains(word), "\(word): \(told.output)") }
        #expect(try await site.runner.run(system.cancellation(of: [id])).succeeded)
        try await cleanUp()
    }

    func refuse() async throws {
        if let queue = site.unknownQueue {
            let lost = try await job("lost", "exit 0") { $0.options.queue = queue }
            let result = try await site.runner.run(.piped(script: system.submission(of: lost)))
            let refusal = system.refusal(result)
            #expect(!result.succeeded && refusal.reason == .unknownQueue && refusal.mender == .operator, "\(result)")
            #expect(refusal.message.contains(queue))
        }
        if site.flavor != .local {
            let odd = try await job("odd", "exit 0") { $0.options.submitargs = ["--no-such-option", "= =("] }
            let result = try await site.runner.run(.piped(script: system.submission(of: odd)))
            #expect(!result.succeeded && system.refusal(result).reason == .badOption, "\(result)")
        }
        let nowhere = try await job("nowhere", "exit 0") { $0.folder += "/none" }
        let result = try await site.runner.run(.piped(script: system.submission(of: nowhere)))
        #expect(!result.succeeded && system.refusal(result).reason == .missingFile, "\(result)")
        #expect(try await reports().isEmpty)
        try await cleanUp()
    }

    func cancel() async throws {
        let script = "trap 'echo x >warned; exit 0' TERM USR2\necho >started\nwhile :; do sleep 1; done"
        let pilot = try await job("pilot", script)
        let id = try await submit(pilot)
        while try await !has(pilot, file: "started") { try await Task.sleep(for: .milliseconds(100)) }
        let bogus = JobID(rawValue: site.flavor == .condor ? "99999.0" : site.flavor == .local ? "vc3t-none" : "99999")
        for _ in 0..<3 {
            let result = try await site.runner.run(system.cancellation(of: [id, bogus]))
            #expect(result.succeeded, "\(result)")
        }
        try await until("it has ended") { $0["pilot"].map { Optional($0).isOver } ?? !site.tellsEnds }
        let seen = try await reports()["pilot"]
        #expect(seen == nil || seen?.state == (site.flavor == .torque ? .vanished : .cancelled))
        // HTCondor calls it removed before it has ended.
        while site.warns, try await !has(pilot, file: "warned") { try await Task.sleep(for: .milliseconds(200)) }
        let late = try await site.runner.run(system.cancellation(of: [id]))
        #expect(late.succeeded, "\(late)")
        let none = try await site.runner.run(system.cancellation(of: []))
        #expect(none.succeeded)
        try await cleanUp()
    }
}

extension JobReport? {
    /// Whether the job has ended, as far as the batch system tells.
    fileprivate var isOver: Bool { map { $0.state.isFinal || $0.state == .vanished } ?? true }
}
