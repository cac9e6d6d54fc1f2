import Factory
import FactoryCredentials
import FactoryLogs
import FactoryMonitors
import FactorySettings
import Foundation
import PartWiring
import VC3Configuration
import VC3Daemon
import VC3Model

/// `autopyfactory.conf` and the files that it names, read together.
struct FactoryFiles {
    var keys: FactoryKeys
    var network: PartNetwork
    var monitoring: MonitoringSettings
    var defaults: QueueDefaults
    /// Those of files, as written and as they run.
    var sections: FileQueues
    /// Those of `auth.conf`.
    var profiles: [AuthProfile]
    var monitors: [QueueMonitor]
    var mappings: MappingsDocument
    /// For whoever starts the program.
    var warnings: [ConfigurationDiagnostic]

    /// - Parameter mayBeMissing: Whether a file that is not there counts as empty.
    /// - Throws: ``ConfigurationError`` with everything that is wrong with the first file that has errors.
    init(_ files: [String], mayBeMissing: Bool) throws {
        let main = try INIDocument(files: files, missingFilesAllowed: mayBeMissing)
        let (own, remarks) = try Main.load(main, homeDirectory: NSHomeDirectory())
        keys = own.keys
        monitoring = own.monitoring
        warnings = remarks
        if let network = own.network {
            self.network = network
        } else {
            let file = try INIDocument(files: [own.keys.reconfiguration.clientFile])
            let (client, remarks) = try Client.load(file, homeDirectory: NSHomeDirectory())
            network = client.network
            warnings += remarks
        }
        let (defaults, more) = try QueueDefaults.load(file: own.keys.reconfiguration.queueDefaults)
        self.defaults = defaults
        warnings += more
        let (sections, rest) = try FileQueues.load(own.keys, mayBeMissing: true)
        self.sections = sections
        warnings += rest
        let (auth, remarksOnAuth) = try AuthDocument.load(
            file: own.keys.credentials.file, defaults: own.keys.credentials.defaults)
        profiles = auth.profiles
        warnings += remarksOnAuth
        let (monitors, remarksOnMonitors) = try MonitorDocument.load(file: own.keys.monitors.file)
        self.monitors = monitors.monitors
        warnings += remarksOnMonitors
        let (mappings, remarksOnMappings) = try MappingsDocument.load(file: own.keys.mappingsFile)
        self.mappings = mappings
        warnings += remarksOnMappings
        let credentials = own.keys.credentials
        warnings += sections.settings.dangling(
            monitors: FileManager.default.fileExists(atPath: own.keys.monitors.file) ? monitors.monitors : nil,
            profiles: credentials.isOn && credentials.sources == [.file] ? auth.profiles : nil,
            in: sections.document)
    }

    /// What HTCondor is given for a queue today, for one job.
    ///
    /// - Throws: ``StartError`` when no file has that queue.
    func submitText(of name: String) throws -> String {
        try queue(name).submitText(for: FileQueues.surroundings(keys).facts(of: name, at: Timestamp(Date())))
    }

    /// - Throws: `StartError` naming those that there are.
    func queue(_ name: String) throws -> QueueSettings {
        if let queue = sections.settings.first(where: { $0.name == name }) { return queue }
        let names = sections.settings.map(\.name).joined(separator: ", ")
        throw StartError("no file has a queue '\(name)'; those of queueConf are: \(names.isEmpty ? "none" : names)")
    }

    /// What decides how many pilots are submitted.
    var limits: [any SizingRule] {
        // Queues that are not started submit nothing; what runs goes on.
        let starts = keys.queuesEnabled && keys.cycles != 0 && keys.reconfiguration.queueSources.contains(.vc3)
        return starts ? defaults.limits : [Null()]
    }

    /// A file with every key, its meaning and its default.
    static var sample: String { Main.sample }

    private struct Main: ConfigurationSchema {
        var keys: FactoryKeys
        var monitoring: MonitoringSettings
        /// `nil`: the client's file has it.
        var network: PartNetwork?

        init(reading configuration: ConfigurationReader) {
            keys = FactoryKeys(reading: configuration)
            monitoring = MonitoringSettings(reading: configuration)
            if configuration.sectionNames.contains("netcomm") { network = PartNetwork(reading: configuration) }
        }
    }

    private struct Client: ConfigurationSchema {
        var network: PartNetwork

        init(reading configuration: ConfigurationReader) {
            network = PartNetwork(reading: configuration)
            configuration.section("netcomm").ignored("enrolment", "a factory is enrolled by vc3 enrol")
            configuration.section("netcomm").ignored("loglevel", "the factory has its own")
        }
    }
}
