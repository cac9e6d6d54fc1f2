public import FactoryMonitors
import Foundation
public import VC3Configuration

extension FactoryKeys {
    /// Who else is told how pilots do.
    public struct Monitors: Sendable, Equatable {
        /// File of the monitors that queues name.
        public var file: String

        init(_ factory: SectionReader, of configuration: ConfigurationReader) {
            file = factory.value(
                "monitorConf", .path, default: "/etc/autopyfactory/monitor.conf",
                "file of the monitors that queues name")
            let names = factory.value(
                "monitor", .list, default: [],
                "monitors of the whole factory; there is VC3, which is told in any case: the status of each pilot set")
            for name in names where name.lowercased() != "vc3" {
                configuration.report(
                    .error(
                        "[Factory] monitor names '\(name)', which is none; give VC3, or leave it out",
                        at: factory.origin(of: "monitor")))
            }
            factory.ignored("monitor.vc3.vc3clientconf", "one Infoservice: that of config.queues.vc3.vc3clientconf")
            factory.ignored("monitor.vc3.interval", "what becomes of pilots is told to VC3 as it happens")
        }
    }
}

/// `monitor.conf`, whole: every section is a monitor that queues name by `monitorsection`.
public struct MonitorDocument: ConfigurationSchema, Sendable {
    public var monitors: [QueueMonitor]

    public init(reading configuration: ConfigurationReader) {
        monitors = configuration.sectionNames.compactMap { name in
            let section = configuration.section(name)
            let plugin = section.required(
                "monitorplugin", ValueKind<Plugin>.caseOf(Plugin.self, fallback: .dummy), "which kind of monitor")
            switch plugin {
            case .dummy:
                section.ignored("monitorURL", "it writes to the factory's own log")
                return QueueMonitor(name: name, plugin: .dummy)
            case .apf:
                let address = section.required("monitorURL", .webAddress, "where the monitor is")
                return QueueMonitor(name: name, plugin: .apf(address: address))
            }
        }
    }

    /// Reads a file; one that is not there says nothing.
    ///
    /// - Returns: The monitors, and warnings to show.
    /// - Throws: ``ConfigurationError``.
    public static func load(file: String) throws -> (settings: Self, warnings: [ConfigurationDiagnostic]) {
        try load(INIDocument(files: [file], missingFilesAllowed: true), homeDirectory: NSHomeDirectory())
    }

    private enum Plugin: String, CaseIterable {
        case dummy = "Dummy"
        case apf = "APF"
    }
}
