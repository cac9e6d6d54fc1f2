import VC3Configuration

/// `vc3-client.conf`.
struct ClientConfiguration: ConfigurationSchema {
    let chainfile: String
    let certfile: String
    let keyfile: String
    let infohost: String
    let httpsport: Int
    /// Where `infohost` stands, as `file:line`.
    let origin: String

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        network.ignored("loglevel", "the options -v and -d decide")
        network.ignored("httpport", "everything goes over HTTPS")
        chainfile = network.required("chainfile", .path, "certificates of the authorities that are trusted")
        certfile = network.required("certfile", .path, "your certificate")
        keyfile = network.required("keyfile", .path, "its private key")
        infohost = network.required("infohost", .nonEmptyText, "host of the Infoservice")
        httpsport = network.value("httpsport", .integer(in: 1...65_535), default: 20_334, "its port")
        origin = network.origin(of: "infohost").map { "\($0)" } ?? "no file"
    }
}
