public import InfoserviceClient
public import VC3Configuration

/// `vc3-client.conf`, and `vc3-infoclient.conf` alike: which Infoservice, and who asks.
public struct ClientConfiguration: ConfigurationSchema {
    public let chainfile: String
    public let certfile: String
    public let keyfile: String
    /// What authorities have taken back; `nil`: nothing counts as taken back.
    public let crlfile: String?
    /// One Infoservice, or several replicas of it.
    public let addresses: [ServiceAddress]
    /// Where `infohost` stands, as `file:line`.
    public let origin: String

    public init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        network.ignored("loglevel", "the options -v and -d decide")
        network.ignored("httpport", "everything goes over HTTPS")
        chainfile = network.required("chainfile", .path, "certificates of the authorities that are trusted")
        certfile = network.required("certfile", .path, "your certificate")
        keyfile = network.required("keyfile", .path, "its private key")
        crlfile = network.value(
            "crlfile", ValueKind<String>.path.optional, default: nil,
            "revocation list: a server on it is not talked to; unset: none counts as taken back")
        let hosts = network.required(
            "infohost", .list,
            "host of the Infoservice; several replicas, each HOST or HOST:PORT, with commas between them")
        let port = network.value(
            "httpsport", .integer(in: 1...65_535), default: ServiceAddress.standardPort,
            "port where infohost names none")
        var addresses: [ServiceAddress] = []
        for host in hosts {
            do {
                addresses.append(try ServiceAddress(host, port: port))
            } catch {
                configuration.report(.error("[netcomm] infohost: \(error)", at: network.origin(of: "infohost")))
            }
        }
        if hosts.isEmpty, let origin = network.origin(of: "infohost") {
            configuration.report(.error("[netcomm] infohost is empty; give the host of the Infoservice", at: origin))
        }
        self.addresses = addresses
        origin = network.origin(of: "infohost").map { "\($0)" } ?? "no file"
    }
}
