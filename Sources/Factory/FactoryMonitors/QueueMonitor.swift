/// A section of `monitor.conf`.
public struct QueueMonitor: Sendable, Equatable {
    public enum Plugin: Sendable, Equatable {
        /// Writes to the factory's log.
        case dummy
        /// The REST interface of AutoPyFactory's monitor.
        case apf(address: String)
    }

    public var name: String
    public var plugin: Plugin

    public init(name: String, plugin: Plugin) {
        self.name = name
        self.plugin = plugin
    }
}
