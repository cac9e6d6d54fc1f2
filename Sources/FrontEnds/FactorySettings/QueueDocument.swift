public import VC3Configuration

/// `queues.conf`, whole: every section is a queue.
public struct QueueDocument: ConfigurationSchema, Sendable {
    public var queues: [QueueSettings]

    public init(reading configuration: ConfigurationReader) {
        QueueSettings.readDefaults(configuration.section(INIDocument.defaultsName))
        queues = configuration.sectionNames.compactMap { name in
            QueueSettings(configuration.section(name), of: configuration)
        }
    }
}
