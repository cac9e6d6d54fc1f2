import PartWiring
import VC3Configuration

/// What `vc3 up` may be told in its configuration file. Without a file all defaults hold.
struct Settings: ConfigurationSchema {
    var bindAddress: String
    var port: Int
    var address: String?
    var headNodes: HeadNodeSettings
    var workerBundle: String?

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        bindAddress = network.value(
            "bind", .nonEmptyText, default: "0.0.0.0", "address that the Infoservice listens on")
        port = network.value("httpsport", .integer(in: 1...65_535), default: 20_334, "its TCP port")
        address = network.value(
            "address", ValueKind<String>.nonEmptyText.optional, default: nil,
            "name or address at which sites reach this machine; unset: its first network address")

        headNodes = HeadNodeSettings(reading: configuration)

        let factory = configuration.section("factory")
        workerBundle = factory.value(
            "workerbundle", ValueKind<String>.path.optional, default: nil, "what a pilot carries: vc3-worker.tar.gz")
    }
}
