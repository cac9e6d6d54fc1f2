import Factory
import FactorySettings
import Foundation
import PartWiring
import VC3Configuration

/// `autopyfactory.conf` and the files that it names, read together.
struct FactoryFiles {
    var keys: FactoryKeys
    var network: PartNetwork
    var defaults: QueueDefaults
    /// For whoever starts the program.
    var warnings: [ConfigurationDiagnostic]

    /// - Parameter mayBeMissing: Whether a file that is not there counts as empty.
    /// - Throws: ``ConfigurationError`` with everything that is wrong with the first file that has errors.
    init(_ files: [String], mayBeMissing: Bool) throws {
        let main = try INIDocument(files: files, missingFilesAllowed: mayBeMissing)
        let (own, remarks) = try Main.load(main, homeDirectory: NSHomeDirectory())
        keys = own.keys
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
        warnings += try Self.queues(of: own.keys.files)
    }

    /// A remark on each queue of a file: those are not run.
    private static func queues(of files: FactoryKeys.Files) throws -> [ConfigurationDiagnostic] {
        try INIDocument(files: files.all(), missingFilesAllowed: true).sections.map {
            .warning("queue [\($0.name)] is not run: this factory runs the queues of VC3", at: $0.origin)
        }
    }

    /// What decides how many pilots are submitted.
    var limits: [any SizingRule] {
        // Queues that are not started submit nothing; what runs goes on.
        let starts = keys.queuesEnabled && keys.cycles != 0
        return starts ? defaults.limits : [Null()]
    }

    /// A file with every key, its meaning and its default.
    static var sample: String { Main.sample }

    private struct Main: ConfigurationSchema {
        var keys: FactoryKeys
        /// `nil`: the client's file has it.
        var network: PartNetwork?

        init(reading configuration: ConfigurationReader) {
            keys = FactoryKeys(reading: configuration)
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
