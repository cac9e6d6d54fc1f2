public import InfoserviceAPI

/// An Infoservice, and where it was found: the second for error messages.
public struct ClientConnection: Sendable {
    public var infoservice: any Infoservice
    /// `host:port`.
    public var endpoint: String
    /// Where the endpoint was configured, as `file:line`.
    public var configuredIn: String

    /// Where those go who have a code and no certificate.
    public var enrolment: (host: String, port: Int)
    /// The file of the authorities that are trusted.
    public var trustedFile: String
    /// Certificate and key by a code of the original's form, once; `nil` while they are not there.
    public var retrievePairing: @Sendable (_ code: String) async throws -> (certificate: String, key: String)?

    public init(
        infoservice: any Infoservice, endpoint: String, configuredIn: String, enrolment: (host: String, port: Int),
        trustedFile: String,
        retrievePairing: @escaping @Sendable (_ code: String) async throws -> (certificate: String, key: String)?
    ) {
        self.enrolment = enrolment
        self.trustedFile = trustedFile
        self.retrievePairing = retrievePairing
        self.infoservice = infoservice
        self.endpoint = endpoint
        self.configuredIn = configuredIn
    }
}
