/// How a Factory presents itself to others.
public struct FactoryAppearance: Sendable, Equatable {
    /// What its administrators call it; `nil`: nothing.
    public var displayName: String?
    public var version: String
    public var host: String
    /// From one heartbeat to the next.
    public var heartbeat: Duration

    public init(
        displayName: String? = nil, version: String = "unknown", host: String = "localhost",
        heartbeat: Duration = .seconds(60)
    ) {
        self.displayName = displayName
        self.version = version
        self.host = host
        self.heartbeat = heartbeat
    }
}
