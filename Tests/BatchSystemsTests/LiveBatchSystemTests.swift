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

/// The adapters against real batch systems: `tellsEnds` apart, all must show the same.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LiveBatchSystemTests {
    @Test(arguments: LiveSite.all) func aPilotsLifeIsTold(site: LiveSite) async throws {
        try await Trial(site).live()
    }

    @Test(arguments: LiveSite.all) func jobsSubmittedTogetherAreKnownApart(site: LiveSite) async throws {
        try await Trial(site).together()
    }

    @Test(arguments: LiveSite.all.filter { [.slurm, .sge].contains($0.flavor) })
    func aThousandWhoseAnswerWasLostAreAllFound(site: LiveSite) async throws {
        try await Trial(site).many()
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
        // A list taken while a job changes its state may have it twice; two jobs of one tag it must never have.
        #expect(Set(reports.map(\.job)).count == Set(reports.map(\.tag)).count, "\(reports)")
        return Dictionary(reports.map { (String($0.tag.dropFirst(prefix.count)), $0) }) { $1 }
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
        try await askBooks(ids)
        try await cleanUp()
    }

    /// What the books say once they are written: often somewhat later.
    func askBooks(_ ids: [String: JobID]) async throws {
        // HTCondor's queue keeps ended jobs until they are removed, which these were just now.
        guard site.flavor != .condor, let books = system.books, let good = ids["good"], let bad = ids["bad"] else {
            return
        }
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let result = try await site.runner.run(books.question(about: [good, bad]))
            guard site.keepsBooks else {
                #expect(throws: BatchSystemError.self) { try books.reports(from: result) }
                return
            }
            // Grid Engine makes the file with the first job that ends.
            let reports = (try? books.reports(from: result)) ?? []
            let states = Dictionary(reports.map { ($0.job, $0) }) { first, _ in first }
            if let told = states[good], let failed = states[bad] {
                #expect(told.state == .done && failed.state == .failed && failed.exitCode == 3, "\(reports)")
                return
            }
            try #require(ContinuousClock.now < end, "not in the books: \(result)")
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// As many as are ever submitted together, waiting: whoever lost the answer finds each by its tag.
    func many() async throws {
        let model = try await job("many.1", "exit 0") { $0.options.submitargs = site.hold }
        let stem = model.folder.dropLast(2)
        let jobs = (1...1000).map { number in
            var job = model
            job.tag = "\(prefix)many.\(number)"
            job.folder = "\(stem).\(number)"
            return job
        }
        let bulk = try #require(system.bulkSubmission(of: jobs))
        let folders = "for n in $(seq 2 1000); do mkdir \(RemoteShell.quote(String(stem))).$n; done\n"
        let submitted = try await site.runner.run(
            .piped(
                script: folders + "submit_them() {\n\(bulk.command)\n}\nsubmit_them <<'END' >/dev/null\n"
                    + bulk.descriptions.joined(separator: "\n") + "\nEND\n"))
        try #require(submitted.succeeded, "\(submitted)")
        let seen = try await reports()
        #expect(Set(seen.keys) == Set((1...1000).map { "many.\($0)" }))
        #expect(Set(seen.values.map(\.job)).count == 1000)
        #expect(try await site.runner.run(system.cancellation(of: seen.values.map(\.job))).succeeded)
        try await until("all have ended") { $0.values.allSatisfy { Optional($0).isOver } }
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
        try #require(Set(ids).count == 3, "\(result)")
        try await until("all run") { $0.count == 3 && $0.values.allSatisfy { $0.state == .running } }
        let seen = try await reports("array")
        for (number, id) in zip([1, 3, 4], ids) {
            #expect(seen["set.\(number)"]?.job == id)
            let folder = jobs[number - 1].folder
            let file = RemoteShell.quote("\(folder)/pilot.out")
            // It is called running before it has printed anything.
            let output = try await site.runner.run(.shell("until [ -s \(file) ]; do sleep 0.1; done; cat \(file)"))
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
        for (number, asking) in site.asking.enumerated() {
            let pilot = try await job("asking\(number)", "exit 0") {
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
        }
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
        for (number, wrong) in site.refused.enumerated() {
            // Not on hold: such jobs are hardly looked at.
            let pilot = try await job("wrong\(number)", "exit 0") { $0.options = wrong.options }
            let result = try await site.runner.run(.piped(script: system.submission(of: pilot)))
            let refusal = system.refusal(result)
            #expect(
                !result.succeeded && refusal.reason == wrong.reason && refusal.mender == wrong.mender,
                "\(wrong.options): \(result)")
            #expect(refusal.message.contains(wrong.word), "\(refusal)")
        }
        let nowhere = try await job("nowhere", "exit 0") { $0.folder += "/none" }
        let result = try await site.runner.run(.piped(script: system.submission(of: nowhere)))
        #expect(!result.succeeded && system.refusal(result).reason == .missingFile, "\(result)")
        // Slurm keeps what it refused for its size as a job that failed; Torque's commands do not know why.
        #expect(
            try await reports().values.allSatisfy {
                site.flavor == .torque || $0.state == .failed && $0.reason == "BadConstraints"
            })
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
        // A removed job is in HTCondor's queue for a moment only.
        let mayBeGone = !site.tellsEnds || site.flavor == .condor
        try await until("it has ended") { $0["pilot"].map { Optional($0).isOver } ?? mayBeGone }
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
