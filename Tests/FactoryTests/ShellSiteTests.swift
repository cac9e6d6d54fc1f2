import BatchSystems
import Foundation
import Testing
import VC3Commands
import VC3Model

@testable import Factory

/// The scripts themselves, run by this machine's shell in a home of their own.
@Suite struct ShellSiteTests {
    @Test func stagingPutsTheBundleThereOnceAndForOwnerOnly() async throws {
        try await withShell { shell in
            let site = shell.site()
            try await site.open()
            #expect(try await site.stage(epoch: "e1").isLacking)
            let root = try shell.root
            #expect(try shell.mode(root) == 0o700)
            try await site.deliver()
            let bundle = try #require(try FileManager.default.contentsOfDirectory(atPath: root + "/bundle").first)
            #expect(bundle.hasSuffix(".tar.gz"))
            let first = try shell.changed(root + "/bundle/" + bundle)
            #expect(try await !site.stage(epoch: "e2").isLacking)
            #expect(try shell.changed(root + "/bundle/" + bundle) == first)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.hasPrefix("epoch") } == [
                    "epoch.t1.e2"
                ])
        }
    }

    @Test func whoWasStoppedWhileAnotherTookOverDoesNothingAnyMore() async throws {
        try await withShell { shell in
            let former = shell.site(term: 99)
            _ = try await former.stage(epoch: "e1")
            _ = try await former.submit([shell.order("a")], epoch: "e1")
            // Terms are numbers, not texts.
            let later = shell.site(term: 100)
            #expect(try await later.stage(epoch: "e2").pilots.map(\.pilot) == [shell.id("a")])

            func isSuperseded(_ what: String, _ step: () async throws -> Void) async {
                let error = await #expect(throws: SiteFailure.self, "\(what)") { try await step() }
                #expect(error?.reason == "Superseded" && error?.outcomeUnknown == false, "\(what)")
            }
            await isSuperseded("submit") { _ = try await former.submit([shell.order("b")], epoch: "e1") }
            await isSuperseded("stage") { _ = try await former.stage(epoch: "e3") }
            await isSuperseded("recover") { _ = try await former.recover([shell.id("b")]) }
            await isSuperseded("cancel") { try await former.cancel([JobID(rawValue: "job-a")]) }
            await isSuperseded("drain") { try await former.drain([shell.id("a"): 1]) }
            await isSuperseded("bury") { try await former.bury([shell.id("a")]) }
            await isSuperseded("remove") { try await former.remove([shell.id("a")]) }
            await isSuperseded("wipe") { try await former.wipe() }
            #expect(try shell.submitted == ["a"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: shell.root + "/pilots") == ["a"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: shell.root + "/pilots/a").sorted().contains("fence")
            )
            _ = try await later.submit([shell.order("c")], epoch: "e2")
            #expect(try shell.submitted == ["a", "c"])
        }
    }

    @Test func ofTwoThatStageAtTheSameTimeTheLaterOneStays() async throws {
        try await withShell { shell in
            for round in 0..<10 {
                async let former = try? shell.site(term: Int64(2 * round + 1)).stage(epoch: "e1")
                async let later = shell.site(term: Int64(2 * round + 2)).stage(epoch: "e2")
                _ = await former
                _ = try await later
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: shell.root).filter { $0.hasPrefix("epoch") }
                        == ["epoch.t\(2 * round + 2).e2"])
            }
        }
    }

    @Test func withoutTheLeaseNoCommandIsRun() async throws {
        try await withShell { shell in
            let lost = SiteFailure(reason: "LeaseLost", message: "lost", mender: .nobody, isOurs: true)
            let site = shell.site { () async throws(SiteFailure) in throw lost }
            await #expect(throws: lost) { _ = try await site.stage(epoch: "e1") }
            #expect(!FileManager.default.fileExists(atPath: shell.home + "/.vc3"))
        }
    }

    @Test func aSubmissionWritesSecretsForTheOwnerOnly() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            let answers = try await site.submit([shell.order("a"), shell.order("b")], epoch: "e1")
            #expect(
                answers == [
                    shell.id("a"): .submitted(JobID(rawValue: "job-a")),
                    shell.id("b"): .submitted(JobID(rawValue: "job-b")),
                ])
            let folder = try shell.root + "/pilots/a"
            #expect(try shell.mode(folder) == 0o700)
            #expect(try shell.mode(folder + "/token") == 0o600)
            #expect(try String(contentsOfFile: folder + "/token", encoding: .utf8) == "secret of a\n")
            #expect(try shell.submitted == ["a", "b"])
        }
    }

    @Test func tokensAreReplacedWholeForTheOwnerAndOnlyWhereThePilotIs() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            try await site.renew([shell.id("a"): "newer secret", shell.id("gone"): "another"])
            let folder = try shell.root + "/pilots/"
            #expect(try String(contentsOfFile: folder + "a/token", encoding: .utf8) == "newer secret\n")
            #expect(try shell.mode(folder + "a/token") == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
            #expect(try !FileManager.default.contentsOfDirectory(atPath: folder + "a").contains("token.new"))
        }
    }

    @Test func aSiteTellsWhosePilotsItHas() async throws {
        try await withShell { shell in
            let site = shell.site()
            #expect(try await site.stage(epoch: "e1").pilots == [])
            var order = shell.order("a")
            order.intendedAt = Timestamp(milliseconds: 1_234_567)
            _ = try await site.submit([order], epoch: "e1")
            // One that was given up before anything was written there.
            _ = try await site.recover([shell.id("b")])
            let found = try await site.stage(epoch: "e2").pilots
            #expect(
                found == [
                    FoundPilot(
                        pilot: shell.id("a"), pilotSet: "set", intendedAt: order.intendedAt,
                        walltime: order.spec.walltime), FoundPilot(pilot: shell.id("b")),
                ])
        }
    }

    @Test func pilotsAreToldToFinishByAFileOfTheirFolder() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            try await site.drain([shell.id("a"): 90, shell.id("gone"): 90])
            let folder = try shell.root + "/pilots/"
            #expect(try String(contentsOfFile: folder + "a/drain", encoding: .utf8) == "90\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }

    @Test func whatAPilotLeftIsFetchedWithoutItsToken() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a")], epoch: "e1")
            let folder = try shell.root + "/pilots/a/"
            let lines =
                (1...100).map { "line \($0)" } + ["@@vc3 end", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJyIn0.c2ln \u{1B}[1m"]
            try lines.joined(separator: "\n").write(toFile: folder + "pilot.out", atomically: true, encoding: .utf8)
            try #"{"phase":"ended","exitCode":3,"message":"why"}"#.write(
                toFile: folder + "report.json", atomically: true, encoding: .utf8)
            let remains = try await site.inquire([shell.id("a"), shell.id("gone")], books: [])
            #expect(remains.reports == [shell.id("a"): PilotReport(phase: "ended", exitCode: 3, message: "why")])
            #expect(remains.lines[shell.id("a")]?.suffix(3) == ["line 100", "@@vc3 end", "[token] ?[1m"])
            #expect(remains.lines[shell.id("a")]?.count == 20)
            #expect(try await site.output(of: shell.id("a"), lines: 3) == "line 100\n@@vc3 end\n[token] ?[1m")
            #expect(try await site.output(of: shell.id("gone"), lines: 3) == nil)
        }
    }

    @Test func underAnotherEpochNothingIsSubmitted() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.stage(epoch: "e2")
            #expect(try await site.submit([shell.order("a")], epoch: "e1") == [shell.id("a"): .stale])
            #expect(try FileManager.default.contentsOfDirectory(atPath: shell.root + "/pilots") == [])
            #expect(try shell.submitted == [])
        }
    }

    @Test func pilotsThatTheSystemTakesTogetherAreSubmittedByOneCommand() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            // Somebody else has decided about one of them.
            _ = try await site.recover([shell.id("b")])
            let answers = try await site.submit(["a", "b", "c"].map(shell.order), epoch: "e1")
            #expect(
                answers == [
                    shell.id("a"): .submitted(JobID(rawValue: "job-a")), shell.id("b"): .unclear("fenced"),
                    shell.id("c"): .submitted(JobID(rawValue: "job-c")),
                ])
            #expect(try String(contentsOfFile: shell.home + "/jobs", encoding: .utf8) == "vc3-a\nvc3-c\n")
            #expect(
                try await site.recover([shell.id("c")]) == [shell.id("c"): .submitted(JobID(rawValue: "job-c"))])
        }
    }

    @Test func pilotsThatAreTakenTogetherHaveTheFilesThatOneAloneWouldHave() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let names = (1...12).map { "q7x.\($0)" }
            let answers = try await site.submit(names.map(shell.order), epoch: "e1")
            for name in names {
                #expect(answers[shell.id(name)] == .submitted(JobID(rawValue: "job-\(name)")))
                let folder = try shell.root + "/pilots/\(name)"
                let expected =
                    [ShellSite.label(of: shell.order(name))]
                    + WaitingPayload().files(
                        for: shell.order(name), at: PilotPlace(folder: folder, spool: try shell.root + "/spool"))
                for file in expected {
                    let text = try String(contentsOfFile: folder + "/" + file.name, encoding: .utf8)
                    #expect(text == file.content + (file.content.hasSuffix("\n") ? "" : "\n"))
                    #expect(try shell.mode(folder + "/" + file.name) == 0o600)
                }
                #expect(try shell.mode(folder) == 0o700)
            }
            // What was submitted so is found again.
            #expect(
                try await site.recover([shell.id(names[4])]) == [
                    shell.id(names[4]): .submitted(JobID(rawValue: "job-\(names[4])"))
                ])
        }
    }

    @Test func whenFilesCannotBeWrittenNoneIsSubmittedAndTheReasonIsTold() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let folder = try shell.root + "/pilots/x.2/token"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let answers = try await site.submit(["x.1", "x.2", "x.3"].map(shell.order), epoch: "e1")
            guard case .refused(let refusal) = answers[shell.id("x.1")] else {
                Issue.record("\(answers)")
                return
            }
            #expect(refusal.message.contains("irectory"))
            #expect(answers[shell.id("x.2")] == .skipped && answers[shell.id("x.3")] == .skipped)
            #expect(try shell.submitted == [])
        }
    }

    @Test func pilotsThatAreRefusedTogetherAllHaveTheReason() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let answers = try await site.submit(["a", "refuse"].map(shell.order), epoch: "e1")
            let recovered = try await site.recover(["a", "refuse"].map(shell.id))
            for name in ["a", "refuse"] {
                guard case .refused(let refusal) = answers[shell.id(name)],
                    case .refused(let later) = recovered[shell.id(name)]
                else {
                    Issue.record("\(answers) \(recovered)")
                    return
                }
                #expect(refusal.message.contains("no room") && later.message.contains("no room"))
            }
            #expect(try shell.submitted == [])
        }
    }

    @Test func anAnswerWithoutALineForAPilotLeavesItInDoubt() async throws {
        try await withShell { shell in
            let site = shell.site(batch: BulkScribe())
            _ = try await site.stage(epoch: "e1")
            let answers = try await site.submit(["a", "mute"].map(shell.order), epoch: "e1")
            #expect(answers[shell.id("a")] == .submitted(JobID(rawValue: "job-a")))
            guard case .unclear = answers[shell.id("mute")] else {
                Issue.record("\(answers)")
                return
            }
            #expect(try shell.submitted == ["a", "mute"])
        }
    }

    @Test func recoveryTakesTheFenceOfWhatNeverHappenedForGood() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            #expect(try await site.recover([shell.id("a")]) == [shell.id("a"): .never])
            #expect(try await site.recover([shell.id("a")]) == [shell.id("a"): .never])
            // The script arrives after all.
            #expect(try await site.submit([shell.order("a")], epoch: "e1") == [shell.id("a"): .unclear("fenced")])
            #expect(try shell.submitted == [])
        }
    }

    @Test func recoveryAdoptsWhatWasSubmittedAndTellsRefusals() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a"), shell.order("refuse"), shell.order("c")], epoch: "e1")
            let answers = try await site.recover(["a", "refuse", "c"].map(shell.id))
            #expect(answers[shell.id("a")] == .submitted(JobID(rawValue: "job-a")))
            guard case .refused(let refusal) = answers[shell.id("refuse")] else {
                Issue.record("\(answers)")
                return
            }
            #expect(refusal.message.contains("no room"))
            // After a refusal the rest is not tried.
            #expect(answers[shell.id("c")] == .never)
            #expect(try shell.submitted == ["a"])
        }
    }

    @Test func aSubmitterThatDiedBetweenFenceAndAnswerIsFoundDead() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            // The snippet kills the script's own shell, after the batch system took the job.
            // Recovery looks for the name among all processes: it must not be part of anybody else's words.
            await #expect(throws: Never.self) { _ = try await site.submit([shell.order("diesatonce7q")], epoch: "e1") }
            #expect(
                try await site.recover([shell.id("diesatonce7q")]) == [
                    shell.id("diesatonce7q"): .begun(isSubmitting: false)
                ])
            try await site.bury([shell.id("diesatonce7q")])
            #expect(FileManager.default.fileExists(atPath: try shell.root + "/pilots/diesatonce7q/cancelled"))
        }
    }

    @Test func aSubmitterThatStillWorksIsSeen() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            let other = shell.site()
            _ = try await other.stage(epoch: "e1b")
            async let slow = other.submit([shell.order("slow")], epoch: "e1b")
            while !FileManager.default.fileExists(atPath: try shell.root + "/pilots/slow/fence/holder") {
                await Task.yield()
            }
            #expect(try await site.recover([shell.id("slow")]) == [shell.id("slow"): .begun(isSubmitting: true)])
            try Data().write(to: URL(fileURLWithPath: shell.home + "/go"))
            #expect(try await slow == [shell.id("slow"): .submitted(JobID(rawValue: "job-slow"))])
            #expect(
                try await site.recover([shell.id("slow")]) == [
                    shell.id("slow"): .submitted(JobID(rawValue: "job-slow"))
                ])
        }
    }

    @Test func aLookBringsJobsAndReports() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            _ = try await site.submit([shell.order("a"), shell.order("b")], epoch: "e1")
            try Data(#"{"phase":"ended","reason":"full","exitCode":11,"more":1}"#.utf8)
                .write(to: URL(fileURLWithPath: try shell.root + "/pilots/b/report.json"))
            let view = try await site.look()
            #expect(view.jobs.map(\.tag).sorted() == ["vc3-a", "vc3-b"])
            #expect(view.reports == [shell.id("b"): PilotReport(phase: "ended", reason: "full", exitCode: 11)])
        }
    }

    @Test func aStatusThatFailsIsNoAnswer() async throws {
        try await withShell { shell in
            let site = shell.site()
            _ = try await site.stage(epoch: "e1")
            try Data().write(to: URL(fileURLWithPath: shell.home + "/down"))
            let failure = await #expect(throws: SiteFailure.self) { _ = try await site.look() }
            #expect(failure?.reason == "BatchSystemUnavailable")
        }
    }

    @Test func wipingLeavesNothingAndSparesOthers() async throws {
        try await withShell { shell in
            let site = shell.site()
            let other = shell.site(named: "other")
            _ = try await site.stage(epoch: "e1")
            _ = try await other.stage(epoch: "e1")
            try await site.remove([shell.id("a")])
            try await site.wipe()
            #expect(FileManager.default.fileExists(atPath: shell.home + "/.vc3/factory/other"))
            try await other.wipe()
            #expect(!FileManager.default.fileExists(atPath: shell.home + "/.vc3"))
            try await other.wipe()
        }
    }
}

/// A home folder and a batch system that only writes down what it is asked.
struct ShellBench: Sendable {
    let home: String
    let bundle: WorkerBundle

    func site(
        named name: String = "site", term: Int64 = 1, batch: any BatchSystem = ScribeBatchSystem(),
        permit: @escaping ShellSite.Permit = { () async throws(SiteFailure) in }
    ) -> ShellSite {
        let connection = ShellSite.Connection(runner: HomeRunner(home: home), batch: batch)
        return ShellSite(
            folder: "factory", site: SiteID(rawValue: name), term: term, bundle: bundle, payload: WaitingPayload(),
            permit: permit
        ) { () async throws(SiteFailure) in connection }
    }

    func id(_ name: String) -> PilotID { PilotID(rawValue: name) }
    func order(_ name: String) -> PilotOrder {
        PilotOrder(pilot: id(name), pilotSet: "set", spec: Simulation.spec(wanted: 1), token: "secret of \(name)")
    }
    var root: String { get throws { home + "/.vc3/factory/site" } }
    var submitted: [String] {
        get throws {
            guard let text = try? String(contentsOfFile: home + "/jobs", encoding: .utf8) else { return [] }
            return text.split(separator: "\n").map { String($0.dropFirst(4)) }.sorted()
        }
    }
    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    func changed(_ path: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}

func withShell(_ body: (ShellBench) async throws -> Void) async throws {
    try await withScratch { home in
        let bundle = home + "/worker.tar.gz"
        try Data("bundle\n".utf8).write(to: URL(fileURLWithPath: bundle))
        try await body(ShellBench(home: home, bundle: try await WorkerBundle.opened(bundle)))
    }
}

/// Runs commands on this machine with another home.
struct HomeRunner: CommandRunner {
    let home: String
    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        var command = command
        command.environment["HOME"] = home
        return try await LocalRunner().run(command)
    }
}

/// Writes tags into `~/jobs`, and misbehaves for some.
struct ScribeBatchSystem: BatchSystem {
    var flavor: BatchSystemFlavor { .local }
    var states: NativeStateTable { NativeStateTable(manual: "none", []) }
    var refusals: RefusalTable { RefusalTable(rows: []) }

    func submission(of job: PilotJob) -> String {
        """
        case \(job.tag) in
            vc3-refuse) echo 'no room' >&2; exit 3 ;;
            vc3-diesatonce7q) echo \(job.tag) >>"$HOME/jobs"; kill -9 $$ ;;
            vc3-slow) while ! [ -e "$HOME/go" ]; do sleep 0.05; done ;;
        esac
        echo \(job.tag) >>"$HOME/jobs"
        echo job-\(job.tag.dropFirst(4))
        """
    }

    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        guard let word = output.split(whereSeparator: \.isWhitespace).last else {
            throw BatchSystemError(.notUnderstood, "no job id")
        }
        return JobID(rawValue: String(word))
    }

    func status(tagPrefix: String) -> Command { .shell("[ -e \"$HOME/down\" ] && exit 1; cat \"$HOME/jobs\"") }

    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        guard result.succeeded else { throw BatchSystemError(.unavailable, "it is down") }
        return result.output.split(separator: "\n").map {
            JobReport(
                tag: String($0), job: JobID(rawValue: "job-" + $0.dropFirst(4)), state: .running, nativeState: "R")
        }
    }

    func cancellation(of jobs: [JobID]) -> Command { .shell("true") }

    func refusal(_ result: CommandResult) -> SubmissionRefusal {
        SubmissionRefusal(.limitReached, mender: .nobody, message: result.errorOutput)
    }
}

/// Takes several pilots at once, and misbehaves for some.
struct BulkScribe: BatchSystem {
    private let single = ScribeBatchSystem()
    var flavor: BatchSystemFlavor { single.flavor }
    var states: NativeStateTable { single.states }
    var refusals: RefusalTable { single.refusals }

    func submission(of job: PilotJob) -> String { single.submission(of: job) }

    func bulkSubmission(of jobs: [PilotJob]) -> BulkSubmission? {
        BulkSubmission(
            descriptions: jobs.map(\.tag),
            command: """
                tags=$(cat)
                case $tags in *refuse*) echo 'no room' >&2; return 3 ;; esac
                printf '%s\\n' "$tags" >>"$HOME/jobs"
                printf '%s\\n' "$tags" | sed -e '/mute/d' -e 's/^vc3-/job-/'
                """)
    }

    func jobID(fromSubmission output: String) throws(BatchSystemError) -> JobID {
        try single.jobID(fromSubmission: output)
    }
    func status(tagPrefix: String) -> Command { single.status(tagPrefix: tagPrefix) }
    func reports(from result: CommandResult, tagPrefix: String) throws(BatchSystemError) -> [JobReport] {
        try single.reports(from: result, tagPrefix: tagPrefix)
    }
    func cancellation(of jobs: [JobID]) -> Command { single.cancellation(of: jobs) }
    func refusal(_ result: CommandResult) -> SubmissionRefusal { single.refusal(result) }
}
