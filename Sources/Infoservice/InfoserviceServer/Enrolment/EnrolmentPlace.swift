/// Where those who have no certificate yet get one.
public struct EnrolmentPlace: Sendable {
    /// The port that codes name unless told otherwise.
    public static let standardPort = 20_335

    public var host: String
    /// 0 for any free one.
    public var port: Int
    /// Whether the service must not run without it. Otherwise a port that somebody else has is said, and that is all.
    public var isRequired: Bool
    public var onListening: @Sendable (Int) -> Void

    public init(
        host: String = "0.0.0.0", port: Int = EnrolmentPlace.standardPort, isRequired: Bool = true,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.isRequired = isRequired
        self.onListening = onListening
    }
}
