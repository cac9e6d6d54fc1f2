import FactoryLogs
import FactoryMonitors
import Testing

@testable import Factory
@testable import FactorySettings
@testable import VC3Configuration

/// Who runs beside a Factory goes by what files say now.
@Suite struct CurrentQueuesTests {
    private static func queues(_ text: String) throws -> (queues: [QueueSettings], document: INIDocument) {
        let start = "[DEFAULT]\nenabled = True\nexecutable = /bin/true\nbatchsubmitplugin = Local\n"
        let document = try INIDocument(parsing: start + text, file: "q.conf")
        return (try QueueDocument.load(document, homeDirectory: "/").settings.queues, document)
    }

    private static func defaults(_ text: String) throws -> QueueDefaults {
        try QueueDefaults.load(INIDocument(parsing: "[DEFAULT]\n" + text, file: "d.conf"), homeDirectory: "/").settings
    }

    @Test func daysOfLogsAreThoseOfNow() throws {
        let current = CurrentQueues()
        #expect(current.keepDays == QueueLogDays())
        #expect(current.use(queues: try Self.queues("[a]\ncleanlogs.keepdays = 3\n[b]\n").queues))
        #expect(current.keepDays == QueueLogDays(ofQueues: ["a": 3]))
        #expect(!current.use(queues: try Self.queues("[a]\ncleanlogs.keepdays = 3\n[b]\n").queues))
        #expect(current.use(queues: try Self.queues("[a]\n[b]\ncleanlogs.keepdays = 0\n").queues))
        #expect(current.keepDays == QueueLogDays(ofQueues: ["b": 0]))
    }

    /// `vc3defaults.conf` says it for requests, and for nobody else.
    @Test func daysOfRequestsLogsAreThoseOfNow() throws {
        let current = CurrentQueues()
        #expect(current.use(defaults: try Self.defaults("cleanlogs.keepdays = 7\n")))
        #expect(current.keepDays == QueueLogDays(ofRequests: 7))
        current.use(queues: try Self.queues("[a]\ncleanlogs.keepdays = 3\n[b]\n").queues)
        let reader = ConfigurationReader(INIDocument(), context: ConfigurationContext(homeDirectory: "/"))
        let logs = FactoryKeys.Logs(reader.section("Factory"))
        #expect(
            logs.retention(current.keepDays)
                == LogRetention(keepDays: 14, keepDaysByQueue: ["a": 3], keepDaysOfRequests: 7))
        #expect(current.use(defaults: try Self.defaults("cleanlogs.keepdays = None\n")))
        #expect(current.keepDays == QueueLogDays(ofQueues: ["a": 3]))
    }

    @Test func monitorsAreToldOfWhoNamesThemNow() throws {
        let current = CurrentQueues()
        current.use(queues: try Self.queues("[a]\nmonitorsection = one, two\n[b]\n").queues)
        current.use(defaults: try Self.defaults("monitorsection = two\n"))
        // A request's queue has no section.
        let tells = { (name: String) in ["a", "b", "run.workers.ana"].filter { current.tells(name, of: $0) } }
        #expect(tells("one") == ["a"])
        #expect(tells("two") == ["a", "run.workers.ana"])
        #expect(current.use(queues: try Self.queues("[a]\n[b]\nmonitorsection = one\n").queues))
        #expect(current.use(defaults: try Self.defaults("")))
        #expect(tells("one") == ["b"] && tells("two") == [])
    }

    @Test func namesThatLeadNowhereAreRemarkedOn() throws {
        let (queues, document) = try Self.queues(
            "monitorsection = one\n[a]\n[b]\nmonitorsection = one, tow\n[c]\nbatchsubmitplugin = Slurm\n"
                + "batchsubmit.slurm.host = h\nbatchsubmit.slurm.authprofile = p\n")
        let one = QueueMonitor(name: "one", plugin: .dummy)
        #expect(
            queues.dangling(monitors: [one], profiles: nil, in: document).map(\.description) == [
                "q.conf:8: warning: [b] monitorsection names 'tow', which is no section of monitor.conf, which has one"
            ])
        #expect(
            queues.dangling(monitors: nil, profiles: [], in: document).map(\.description) == [
                "q.conf:12: warning: [c] batchsubmit.slurm.authprofile names 'p', which is no section of auth.conf, which has none"
            ])
        #expect(
            queues.dangling(monitors: [], profiles: nil, in: document).map { $0.origin?.line } == [5, 8, 8, 5])
    }
}
