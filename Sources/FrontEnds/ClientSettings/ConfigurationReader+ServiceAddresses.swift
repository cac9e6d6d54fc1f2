public import InfoserviceClient
public import VC3Configuration

extension ConfigurationReader {
    /// `infohost` and `httpsport` of `[netcomm]`: one Infoservice, or several replicas of it. What is wrong is reported.
    public func serviceAddresses() -> [ServiceAddress] {
        let network = section("netcomm")
        let hosts = network.required(
            "infohost", .list,
            "host of the Infoservice; several replicas, each HOST or HOST:PORT, with commas between them")
        let port = network.value(
            "httpsport", .integer(in: 1...65_535), default: ServiceAddress.standardPort,
            "port where infohost names none")
        if hosts.isEmpty, let origin = network.origin(of: "infohost") {
            report(.error("[netcomm] infohost is empty; give the host of the Infoservice", at: origin))
        }
        var addresses: [ServiceAddress] = []
        for host in hosts {
            do {
                addresses.append(try ServiceAddress(host, port: port))
            } catch {
                report(.error("[netcomm] infohost: \(error)", at: network.origin(of: "infohost")))
            }
        }
        return addresses
    }
}
