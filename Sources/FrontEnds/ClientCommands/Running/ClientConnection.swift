public import InfoserviceAPI

/// An Infoservice, and where it was found: the second for error messages.
public struct ClientConnection: Sendable {
    public var infoservice: any Infoservice
    /// `host:port`.
    public var endpoint: String
    /// Where the endpoint was configured, as `file:line`.
    public var configuredIn: String

    public init(infoservice: any Infoservice, endpoint: String, configuredIn: String) {
        self.infoservice = infoservice
        self.endpoint = endpoint
        self.configuredIn = configuredIn
    }
}
