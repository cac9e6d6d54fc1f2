import Foundation
import Logging
import Testing
import VC3Commands

@testable import Factory

/// What is asked for waiting jobs, and what the answers say.
@Suite struct DemandTests {
    static func recorded(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded")
        return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    static func reply(_ output: String, code: Int32 = 0, error: String = "") -> CommandResult {
        CommandResult(status: .exited(code), output: output, errorOutput: error)
    }

    /// HTCondor 23.9.6, `condor_q -allusers -totals -long` of a schedd with three idle jobs and two that run; shortened.
    static let summary = """
        AllusersIdle = 3
        AllusersJobs = 5
        ErrorCode = 0
        Idle = 3
        Jobs = 3
        MyType = "Summary"
        Running = 0

        """

    // MARK: HTCondor

    @Test func aScheddIsAskedForIdleJobsThatArePilotsOfNobody() {
        let here = HTCondorDemand().command()
        #expect(Array(here.arguments.prefix(5)) == ["condor_q", "-allusers", "-totals", "-long", "-constraint"])
        let expression = here.arguments.last ?? ""
        #expect(expression.contains("JobStatus == 1"))
        #expect(expression.contains("MATCH_APF_QUEUE =?= undefined && VC3_Pilot =?= undefined"))
        let there = HTCondorDemand(
            schedd: "s@h", pool: "h:9700", mark: .init(attribute: "Site", value: #"a"b\"#),
            constraint: "RequestCpus < 4")
        #expect(Array(there.command().arguments.prefix(5)) == ["condor_q", "-pool", "h:9700", "-name", "s@h"])
        #expect(there.expression().hasSuffix(#" && Site =?= "a\"b\\" && (RequestCpus < 4) =?= true"#))
    }

    @Test(arguments: [
        ([1], "JobStatus == 1 && "), ([5, 1], "(JobStatus == 1 || JobStatus == 5) && "),
        ([0, 1], "(JobStatus == 0 || JobStatus == 1) && "),
    ])
    func statusesThatCountAreAskedFor(statuses: [Int], expression: String) {
        let place = DemandPlace.condor(.init())
        #expect(
            place.command(counting: ReadyWords(condor: Set(statuses))).arguments.last?.hasPrefix(expression) == true)
    }

    @Test func aSummaryTellsTheJobsThatWereAskedFor() throws {
        #expect(try DemandPlace.condor(.init()).demand(from: Self.reply(Self.summary)) == JobDemand(ready: 3))
    }

    /// None of these means that no job waits.
    @Test(arguments: [
        (reply(""), "no summary"), (reply("MyType = \"Summary\"\n"), "no summary"),
        (reply("MyType = \"Summary\"\nJobs = many\n"), "no summary"), (reply("Jobs = 3\n"), "no summary"),
        (reply(summary, code: 1, error: "Failed to connect"), "does not answer: Failed to connect"),
        (reply("", code: 127, error: "not found"), "condor_q is not there"),
    ])
    func anAnswerThatIsNoneIsAnError(reply: CommandResult, words: String) {
        let error = #expect(throws: DemandError.self) { try HTCondorDemand().demand(from: reply) }
        #expect(error?.message.contains(words) == true)
    }

    // MARK: Work Queue

    @Test func aCatalogTellsTasksAndWhatTheyNeed() throws {
        let ours = WorkQueueDemand(projects: "APF_master_.*")
        #expect(
            try ours.demand(from: Self.reply(Self.recorded("work-queue-9.9-waiting.json")))
                == JobDemand(
                    ready: 3, cores: .init(inUse: 0, waiting: 6, total: 0),
                    memory: .init(inUse: 0, waiting: 300, total: 0), disk: .init(inUse: 0, waiting: 600, total: 0)))
        // One of three is done and one runs at a worker of three cores: two cores more are needed, and one is free.
        #expect(
            try ours.demand(from: Self.reply(Self.recorded("work-queue-9.9-running.json")))
                == JobDemand(
                    ready: 1, cores: .init(inUse: 2, waiting: 2, total: 3),
                    memory: .init(inUse: 100, waiting: 100, total: 500),
                    disk: .init(inUse: 200, waiting: 200, total: 500)))
        let others = WorkQueueDemand(projects: "master_")
        #expect(try others.demand(from: Self.reply(Self.recorded("work-queue-9.9-waiting.json"))).ready == 0)
    }

    /// A word of `mappings.conf` that is allowed is one that managers tell.
    @Test func theCountsAreThoseThatAManagerTells() throws {
        let reply = Self.reply(try Self.recorded("work-queue-9.9-running.json"))
        let ours = WorkQueueDemand(projects: "APF_master_.*")
        for count in WorkQueueDemand.counts {
            #expect(throws: Never.self) { try ours.demand(from: reply, counting: [count]) }
        }
        let told = Set(reply.output.matches(of: /"(tasks_(?!total_)\w+)":/).map { String($0.1) })
        #expect(told == Set(WorkQueueDemand.counts))
    }

    @Test func countsThatCountAreAddedUp() throws {
        let reply = Self.reply(#"[{"project": "m", "tasks_waiting": 4, "tasks_running": 3, "tasks_left": "x"}]"#)
        let demand = WorkQueueDemand(projects: "m")
        #expect(try demand.demand(from: reply, counting: ["tasks_running", "tasks_waiting"]).ready == 7)
        #expect(try demand.demand(from: reply, counting: ["tasks_running"]).ready == 3)
        let error = #expect(throws: DemandError.self) { try demand.demand(from: reply, counting: ["tasks_left"]) }
        #expect(error?.message.contains("without tasks_left") == true)
    }

    @Test func numbersMayBeText() throws {
        let text = """
            [{"project": "m", "tasks_waiting": "4"}, {"type": "catalog"},
            {"type": "wq_master", "project": "m2", "tasks_waiting": 2}]
            """
        #expect(try WorkQueueDemand(projects: "m").demand(from: Self.reply(text)) == JobDemand(ready: 6))
        #expect(try WorkQueueDemand(projects: "m$").demand(from: Self.reply(text)) == JobDemand(ready: 4))
    }

    @Test(arguments: [
        (reply(""), "no list"), (reply("[\n"), "no list"), (reply("{}"), "no list"),
        (reply(#"[{"project": "m"}]"#), "without tasks_waiting"),
        (reply(#"[{"project": "m", "tasks_waiting": -1}]"#), "no list"),
        (reply(#"[{"project": "m", "tasks_waiting": 1e300}]"#), "no list"),
        (reply("[]", code: 1, error: "fatal: failed to query"), "does not answer: fatal: failed to query"),
    ])
    func aCatalogsAnswerThatIsNoneIsAnError(reply: CommandResult, words: String) {
        let error = #expect(throws: DemandError.self) { try WorkQueueDemand(projects: "m").demand(from: reply) }
        #expect(error?.message.contains(words) == true)
    }

    // MARK: When to ask

    @Test(arguments: [
        (took: 0.1, failures: 0, pause: 5.0), (took: 1, failures: 0, pause: 20), (took: 60, failures: 0, pause: 150),
        (took: 0.1, failures: 1, pause: 10), (took: 0.1, failures: 3, pause: 40), (took: 0.1, failures: 99, pause: 150),
    ])
    func askingTakesLittleOfTheTime(took: Double, failures: Int, pause: Double) {
        #expect(DemandPace().pause(after: .seconds(took), failures: failures) == .seconds(pause))
    }

    @Test func goodAnswersDoNotLapseBetweenQuestions() {
        #expect(DemandPace(longest: .seconds(600), maxAge: .seconds(360)).maxAge == .seconds(1200))
    }
}
