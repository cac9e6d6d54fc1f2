import ClientSettings
public import Enrolling
import Foundation
public import InfoserviceClient
public import VC3Configuration
public import VC3Transport

/// `[netcomm]` of a part that works through an Infoservice: where that is, and who the part is.
public struct PartNetwork: Sendable {
    public var files: CredentialFiles
    /// What authorities have taken back, as far as it was heard; kept up to date by the part itself.
    public var revocations: KeptRevocations
    /// One Infoservice, or several replicas of it.
    public var addresses: [ServiceAddress]
    /// Whether the part has its own certificate renewed.
    public var renews: Bool

    public init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        let certificate = network.required("certfile", .path, "this part's certificate")
        files = CredentialFiles(
            certificate: certificate, key: network.required("keyfile", .path, "its private key"),
            chain: network.required("chainfile", .path, "certificates of the authorities that are trusted"),
            revocations: nil)
        revocations = KeptRevocations(
            file: network.value(
                "crlfile", ValueKind<String>.path.optional, default: nil,
                "where what authorities take back is kept, for the next start; unset: vc3.crl.pem beside certfile")
                ?? (certificate as NSString).deletingLastPathComponent + "/vc3.crl.pem")
        addresses = configuration.serviceAddresses()
        renews = network.value(
            "renew", .boolean, default: true,
            "whether the certificate is renewed by itself at two thirds of its life; the folder of certfile must be writable"
        )
        network.ignored("httpport", "everything goes over HTTPS")
    }
}
