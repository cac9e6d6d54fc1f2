@testable import Factory
import Logging
import Testing
import VC3Commands
import VC3Model

@testable import FactoryMonitors

@Suite(.timeLimit(.minutes(5))) struct APFDiaryTests {
    private static func report(jobs: [String], running: Int = 1) -> FactoryReport {
        var set = Reports.set(pending: 0, running: running)
        set.jobs = jobs
        var other = Reports.set("other", queue: "quiet")
        other.jobs = ["99"]
        return Reports.factory([Reports.site([set, other])])
    }

    private static func news(_ diary: inout APFDiary, _ report: FactoryReport) -> [APFCall] {
        let news = diary.news(
            of: report, factory: "my factory", contact: "root@host", address: "https://logs", version: "1",
            queues: { $0 != "quiet" })
        diary = news.last?.then ?? diary
        return news.map(\.call)
    }

    @Test func eachThingIsToldOnce() {
        var diary = APFDiary()
        let queue: JSONValue = "run1.workers.ana.alpha"
        let label: JSONValue = [
            "name": queue, "factory": "my factory", "wmsqueue": queue, "batchqueue": queue, "resource": "alpha",
            "localqueue": "",
        ]
        let job: JSONValue = ["cid": "17", "label": queue, "factory": "my factory"]
        let factory: JSONValue = ["version": "1", "email": "root@host", "url": "https://logs"]
        #expect(
            Self.news(&diary, Self.report(jobs: ["17"])) == [
                APFCall(method: "PUT", path: "/factories/my%20factory", body: .json(factory)),
                APFCall(method: "PUT", path: "/labels", body: .json([label])),
                APFCall(method: "PUT", path: "/jobs", body: .json([job])),
                APFCall(
                    method: "POST", path: "/labels/my%20factory:run1.workers.ana.alpha",
                    body: .form("status", "pending=0 running=1")),
            ])
        #expect(Self.news(&diary, Self.report(jobs: ["17"])) == [])
        #expect(Self.news(&diary, Self.report(jobs: ["17", "18"])).map(\.path) == ["/jobs"])
        #expect(Self.news(&diary, Self.report(jobs: ["18"], running: 2)).map(\.method) == ["POST"])
    }

    @Test func manyJobsGoInSeveralRequests() {
        var diary = APFDiary()
        let calls = Self.news(&diary, Self.report(jobs: (0..<1_001).map { "\($0)" }))
        #expect(calls.filter { $0.path == "/jobs" }.count == 3)
        #expect(diary.jobs["run1.workers.ana.alpha"]?.count == 1_001)
    }

    /// What was not taken is told again, and what was taken is not.
    @Test func afterAFailureItGoesOnWhereItStopped() async throws {
        let server = FailingOnce(at: 2)
        let observation = FactoryObservation()
        let monitor = QueueMonitoring(
            observation, to: QueueMonitor(name: "m", plugin: .apf(address: "http://monitor")),
            of: MonitoredFactory(name: "f", contact: "", address: "", version: "1"), interval: .milliseconds(5),
            runner: server, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { $0 != "quiet" }
        try await observation.showing({ _ in Self.report(jobs: ["17"]) }) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await monitor.run() }
                while await server.paths.count < 5 { try await Task.sleep(for: .milliseconds(5)) }
                group.cancelAll()
            }
        }
        let queue = "/labels/f:run1.workers.ana.alpha"
        #expect(
            await server.paths == ["/factories/f", "/labels", "/labels", "/jobs", queue].map { "http://monitor" + $0 })
    }
}

/// A monitor that does not take one request.
private actor FailingOnce: CommandRunner {
    private let failure: Int
    private(set) var paths: [String] = []

    init(at failure: Int) { self.failure = failure }

    func run(_ command: Command) async throws(CommandError) -> CommandResult {
        paths.append(command.arguments.last ?? "")
        return CommandResult(status: .exited(paths.count == failure ? 22 : 0), errorOutput: "503\n")
    }
}
