import Factory
import FactorySettings
import Foundation
import VC3Configuration

/// The queues of `queueConf` and `queueDirConf`.
struct FileQueues {
    var settings: [QueueSettings]
    var running: [FileQueue]
    /// What they were read from.
    var document = INIDocument()

    /// - Parameter mayBeMissing: Whether a file that is not there counts as empty.
    /// - Throws: `ConfigurationError` with everything that is wrong with them.
    static func load(
        _ keys: FactoryKeys, mayBeMissing: Bool
    ) throws -> (sections: FileQueues, warnings: [ConfigurationDiagnostic]) {
        guard keys.reconfiguration.queueSources.contains(.file) else {
            return (FileQueues(settings: [], running: []), [])
        }
        let document = try INIDocument(files: keys.files.all(), missingFilesAllowed: mayBeMissing)
        let (queues, warnings) = try QueueDocument.load(document, homeDirectory: NSHomeDirectory())
        let running = try queues.queues.running(in: surroundings(keys), of: document)
        return (FileQueues(settings: queues.queues, running: running, document: document), warnings)
    }

    static func surroundings(_ keys: FactoryKeys) -> QueueSurroundings {
        let host = ProcessInfo.processInfo.hostName
        return QueueSurroundings(
            id: keys.factoryID ?? host, user: keys.factoryUser, admins: keys.mail.recipients,
            logs: keys.logs.layout(host: host), account: NSUserName(),
            areEnabled: keys.queuesEnabled, cycles: keys.cycles,
            environment: ProcessInfo.processInfo.environment.merging(["HOSTNAME": host]) { own, _ in own })
    }
}
