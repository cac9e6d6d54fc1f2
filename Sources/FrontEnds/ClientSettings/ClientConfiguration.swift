import Foundation
public import InfoserviceClient
public import VC3Configuration

/// `vc3-client.conf`, and `vc3-infoclient.conf` alike: which Infoservice, and who asks.
public struct ClientConfiguration: ConfigurationSchema, Sendable {
    public let chainfile: String
    /// Unset along with ``keyfile`` for somebody who has no certificate yet.
    public let certfile: String?
    public let keyfile: String?
    /// Where it is kept what authorities have taken back; `nil`: nothing counts as taken back.
    public let crlfile: String?
    /// One Infoservice, or several replicas of it.
    public internal(set) var addresses: [ServiceAddress]
    /// Where those go who have a code and no certificate.
    public let enrolment: ServiceAddress
    /// Where `infohost` stands, as `file:line`.
    public let origin: String

    /// The standard port of those.
    private static let enrolmentPort = 20_335

    public init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        network.ignored("loglevel", "the options -v and -d decide")
        network.ignored("httpport", "everything goes over HTTPS")
        chainfile = network.required("chainfile", .path, "certificates of the authorities that are trusted")
        certfile = network.value(
            "certfile", ValueKind<String>.path.optional, default: nil,
            "your certificate; unset, with keyfile: all that can be done is to fetch one by a code")
        keyfile = network.value("keyfile", ValueKind<String>.path.optional, default: nil, "its private key")
        if (certfile == nil) != (keyfile == nil) {
            let (given, missing) = certfile == nil ? ("keyfile", "certfile") : ("certfile", "keyfile")
            configuration.report(
                .error(
                    "[netcomm] \(given) needs \(missing) too; give both, or none of them", at: network.origin(of: given)
                ))
        }
        crlfile =
            network.value(
                "crlfile", ValueKind<String>.path.optional, default: nil,
                "where the revocation list is kept, which comes by itself: a server on it is not talked to;"
                    + " unset: vc3.crl.pem beside certfile")
            ?? certfile.map { ($0 as NSString).deletingLastPathComponent + "/vc3.crl.pem" }
        let enrolmentText = network.value(
            "enrolment", ValueKind<String>.nonEmptyText.optional, default: nil,
            "HOST or HOST:PORT where the Infoservice listens for those who have no certificate yet; unset: infohost,"
                + " port \(Self.enrolmentPort)")
        addresses = configuration.serviceAddresses()
        enrolment =
            enrolmentText.flatMap { try? ServiceAddress($0, port: Self.enrolmentPort) }
            ?? ServiceAddress(host: addresses.first?.host ?? "", port: Self.enrolmentPort)
        if let enrolmentText, (try? ServiceAddress(enrolmentText)) == nil {
            configuration.report(
                .error(
                    "[netcomm] enrolment is '\(enrolmentText)'; give HOST or HOST:PORT",
                    at: network.origin(of: "enrolment")))
        }
        origin = network.origin(of: "infohost").map { "\($0)" } ?? "no file"
    }
}
