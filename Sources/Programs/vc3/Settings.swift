import FactorySettings
import InfoserviceServer
import PartWiring
import VC3Configuration

/// What `vc3 up` may be told in its configuration file. Without a file all defaults hold.
struct Settings: ConfigurationSchema {
    var bindAddress: String
    var port: Int
    var address: String?
    /// Where those who have no certificate yet come with a code.
    var enrolment: (host: String, port: Int?)

    /// `nil`: nowhere.
    var enrolmentPlace: EnrolmentPlace? {
        guard enrolment.port != 0, let port = enrolment.port ?? (port < 65_535 ? port + 1 : nil) else { return nil }
        return EnrolmentPlace(host: enrolment.host, port: port, isRequired: enrolment.port != nil)
    }
    var headNodes: HeadNodeSettings
    var workerBundle: String?
    var tokenLife: Int
    var monitoring: MonitoringSettings
    var mail: FactoryKeys.Mail
    /// Its folder is below the state folder, unless it is absolute.
    var logs: FactoryKeys.Logs

    /// Where logs are served when nothing else is said: beside the Infoservice and the place to enrol.
    var usualLogPort: Int { port <= 65_533 ? port + 2 : port - 1 }

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        bindAddress = network.value(
            "bind", .nonEmptyText, default: "0.0.0.0", "address that the Infoservice listens on")
        port = network.value("httpsport", .integer(in: 1...65_535), default: 20_334, "its TCP port")
        address = network.value(
            "address", ValueKind<String>.nonEmptyText.optional, default: nil,
            "name or address at which sites reach this machine; unset: its first network address")

        let strangers = configuration.section("enrolment")
        let enrolmentPort = strangers.value(
            "port", ValueKind<Int>.integer(in: 0...65_535).optional, default: nil,
            "TCP port for those who have no certificate yet and come with a code; 0: none; unset: the next after httpsport"
        )
        let enrolmentHost = strangers.value("bind", .nonEmptyText, default: "0.0.0.0", "its address")
        enrolment = (enrolmentHost, enrolmentPort)

        headNodes = HeadNodeSettings(reading: configuration)

        let factory = configuration.section("factory")
        workerBundle = factory.value(
            "workerbundle", ValueKind<String>.path.optional, default: nil, "what a pilot carries: vc3-worker.tar.gz")
        tokenLife = factory.value(
            "tokenlife", .integer(in: 60...86_400), default: 3600,
            "seconds for which a pilot's token is good; it is renewed when a third has passed")
        mail = FactoryKeys.Mail(factory)
        logs = FactoryKeys.Logs(factory, folder: "logs")
        monitoring = MonitoringSettings(reading: configuration)
    }
}
