import Foundation
import InfoserviceClient
import VC3Configuration

/// `vc3-infoclient.conf`.
struct InfoclientSettings: ConfigurationSchema {
    let chainfile: String
    let certfile: String
    let keyfile: String
    let addresses: [ServiceAddress]

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        network.ignored("loglevel", "the options -v and -d decide")
        network.ignored("httpport", "everything goes over HTTPS")
        chainfile = network.required("chainfile", .path, "certificates of the authorities that are trusted")
        certfile = network.required("certfile", .path, "your certificate")
        keyfile = network.required("keyfile", .path, "its private key")
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
        self.addresses = addresses
    }

    /// - Parameter option: Files with commas between them; `nil` for the usual one.
    /// - Throws: `ConfigurationError`.
    static func load(_ option: String?, _ remarks: Remarks) throws -> InfoclientSettings {
        let files = (option ?? "/etc/vc3/vc3-infoclient.conf").split(separator: ",").map {
            NSString(string: String($0)).expandingTildeInPath
        }
        let (settings, warnings) = try load(INIDocument(files: files), homeDirectory: NSHomeDirectory())
        for warning in warnings { remarks.warning("\(warning)") }
        return settings
    }
}
