public import VC3Configuration

/// `queues.conf`, whole: every section is a queue.
public struct QueueDocument: ConfigurationSchema, Sendable {
    public var queues: [QueueSettings]

    public init(reading configuration: ConfigurationReader) {
        queues = configuration.sectionNames.compactMap { name in
            QueueSettings(configuration.section(name), of: configuration)
        }
    }
}
