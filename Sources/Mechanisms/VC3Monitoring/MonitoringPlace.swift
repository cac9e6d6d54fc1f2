/// Where probes and metrics are served without TLS.
public struct MonitoringPlace: Sendable {
    public var host: String
    /// 0 for any free one.
    public var port: Int
    public var onListening: @Sendable (Int) -> Void

    public init(host: String = "127.0.0.1", port: Int, onListening: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.host = host
        self.port = port
        self.onListening = onListening
    }
}
