import PartWiring
import VC3Configuration
import VC3Daemon

/// `vc3-factory.conf`.
struct FactorySettings: ConfigurationSchema {
    var logLevel: LogLevel?
    var network: PartNetwork
    var stateFolder: String
    var workerBundle: String
    var commandsPerMinute: Int

    init(reading configuration: ConfigurationReader) {
        let factory = configuration.section("factory")
        logLevel = factory.value(
            "loglevel", ValueKind<LogLevel>.caseOf(LogLevel.self, fallback: .info).optional, default: nil,
            "what is logged; unset: info. The options --debug, --info and --quiet go before it")
        stateFolder = factory.value(
            "statedir", .path, default: "/var/lib/vc3",
            "folder of the ledger of pilots; one Factory at a time uses it. Back it up")
        workerBundle = factory.required("workerbundle", .path, "what a pilot carries: vc3-worker.tar.gz")
        commandsPerMinute = factory.value(
            "commandsperminute", .integer(in: 1...600), default: 30, "most commands at a site in a minute, over time")
        network = PartNetwork(reading: configuration)
    }
}
