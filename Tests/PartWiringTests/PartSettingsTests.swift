import Enrolling
import InfoserviceClient
import Testing
import VC3Configuration

@testable import PartWiring

struct PartSettingsTests {
    private struct Settings: ConfigurationSchema {
        var network: PartNetwork
        init(reading configuration: ConfigurationReader) { network = PartNetwork(reading: configuration) }
    }

    private static func network(_ more: String) throws -> PartNetwork {
        let text = "[netcomm]\ncertfile = /c/m.pem\nkeyfile = /c/m.key\nchainfile = /c/chain.pem\n" + more
        return try Settings.load(INIDocument(parsing: text, file: "x.conf"), homeDirectory: "/home/x").settings.network
    }

    @Test func whatIsHeardIsKeptBesideTheCertificateUnlessTold() throws {
        let network = try Self.network("infohost = a, b:20400\n")
        #expect(network.revocations.file == "/c/vc3.crl.pem")
        #expect(network.addresses.map(\.description) == ["a:20334", "b:20400"])
        #expect(try Self.network("infohost = a\ncrlfile = ~/l.pem\n").revocations.file == "/home/x/l.pem")
    }

    @Test(arguments: ["", "infohost = a:99999\n", "infohost = a\nhttpsport = 0\n"])
    func badAddressesAreErrors(text: String) {
        #expect(throws: ConfigurationError.self) { try Self.network(text) }
    }
}
