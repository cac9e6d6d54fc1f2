import Foundation
import Testing
import VC3Configuration
import VC3Model

@testable import Factory
@testable import FactorySettings

/// The files of the admin guide, with the section headings that its text lost.
@Suite struct GuideFileTests {
    @Test func theGuidesFactoryFileIsUnderstoodWithoutARemark() throws {
        let (keys, warnings) = try FactoryKeys.load(Self.file("autopyfactory.conf"), homeDirectory: "/home/f")
        #expect(warnings == [])
        #expect(keys.factoryID == "MYSITE-hostname-sysadminname")
        #expect(keys.mail == .init(recipients: [], server: nil, repeatInterval: .seconds(43_200)))
        #expect(keys.queuesEnabled && keys.cycles == 9_999_999)
        #expect(keys.files == .init(queues: ["/etc/autopyfactory/queues.conf"], queueFolder: nil))
        #expect(keys.reconfiguration.isOn && keys.reconfiguration.interval == .seconds(30))
        #expect(keys.reconfiguration.clientFile == "/etc/vc3/vc3-client.conf")
        #expect(keys.reconfiguration.queueDefaults == "/etc/autopyfactory/vc3defaults.conf")
        #expect(keys.logs.folder == "/home/autopyfactory/factory/logs" && keys.logs.url == nil)
        #expect(keys.logs.keepDays == 14 && keys.logs.port == 25_880)
        #expect(keys.logs.server.isOn && keys.logs.server.hasIndex && !keys.logs.server.allowsRobots)
        #expect(keys.credentials.isOn && keys.credentials.sources == [.file, .vc3])
        #expect(keys.credentials.file == "/etc/autopyfactory/auth.conf")
        #expect(keys.monitors.file == "/etc/autopyfactory/monitor.conf")
    }

    @Test func theGuidesDefaultsGiveItsChain() throws {
        let (defaults, warnings) = try QueueDefaults.load(Self.file("vc3defaults.conf"), homeDirectory: "/home/f")
        #expect(warnings == [])
        #expect(defaults.limits.map { "\(type(of: $0))" } == ["MinPerCycle", "MaxPerCycle", "MaxPending"])
        #expect((defaults.limits[1] as? MaxPerCycle)?.maximum == 50)
        #expect((defaults.limits[2] as? MaxPending)?.maximum == 100)
        #expect(defaults.keepDays == 7)
    }

    /// Whatever the file says, pilots that are too many are ended: the guide's MinPerCycle alone would keep them.
    @Test func theGuidesChainEndsWhatIsTooMany() throws {
        let limits = try QueueDefaults.load(Self.file("vc3defaults.conf"), homeDirectory: "/home/f").settings.limits
        let rules: [any SizingRule] = [KeepNRunning(), ForSubmissions(rules: limits)]
        let fleet = PilotFleet(
            members: (0..<5).map {
                .init(id: PilotID(rawValue: "p\($0)"), isRunning: true, intended: .init(milliseconds: 0))
            })
        #expect(PilotPlan(wanted: 2, killOrder: .newest, seeing: fleet, through: rules).retire.count == 3)
        #expect(PilotPlan(wanted: 500, killOrder: .newest, seeing: PilotFleet(), through: rules).submit == 50)
    }

    @Test func anUnknownKeyIsToldWithItsNeighbour() throws {
        let text = try Self.text("autopyfactory.conf") + "\nenablequeue = True\n"
        let (_, warnings) = try FactoryKeys.load(INIDocument(parsing: text, file: "f.conf"), homeDirectory: "/home/f")
        #expect(warnings.count == 1 && "\(warnings)".contains("did you mean 'enablequeues'?"))
    }

    @Test func aSchedPluginThatIsNoneIsAnError() throws {
        let text = "[DEFAULT]\nschedplugin = KeepNRunning, MaxPerCylce\n"
        let error = try #require(throws: ConfigurationError.self) {
            try QueueDefaults.load(INIDocument(parsing: text, file: "d.conf"), homeDirectory: "/home/f")
        }
        #expect("\(error)".hasPrefix("d.conf:2: error: [DEFAULT] schedplugin names 'MaxPerCylce', which is none; give"))
    }

    @Test func everyPluginIsFoundByItsName() throws {
        let names = SchedPlugin.allCases.map(\.rawValue)
        let limits = ["maxpercycle", "maxpending", "maxtorun", "maxtosubmit"].map { "sched.\($0).maximum = 1" }
        let floors = ["minpercycle", "minpending", "mintosubmit"].map { "sched.\($0).minimum = 1" }
        let text =
            "[DEFAULT]\nschedplugin = \(names.joined(separator: ","))\n" + (limits + floors).joined(separator: "\n")
        let (defaults, warnings) = try QueueDefaults.load(
            INIDocument(parsing: text, file: "d.conf"), homeDirectory: "/home/f")
        // KeepNRunning is the Master's.
        #expect(defaults.limits.count == names.count - 1)
        #expect(warnings == [])
    }

    static func file(_ name: String) throws -> INIDocument { try INIDocument(parsing: text(name), file: name) }

    static func text(_ name: String) throws -> String {
        try String(
            contentsOf: #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)),
            encoding: .utf8)
    }
}
