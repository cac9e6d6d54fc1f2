import InfoserviceServer
import InfoserviceStore
import VC3Configuration
import VC3Daemon
import VC3Monitoring
import VC3Transport

/// `vc3-infoservice.conf`. Sections and keys of the original keep their names.
struct Settings: ConfigurationSchema {
    var logLevel: LogLevel?
    var bind: String
    var port: Int
    var credentials: CredentialFiles
    /// Whether the server has its own certificate renewed.
    var renews: Bool
    var recheck: Duration
    var legacy: LegacyMode
    var store: StoreConfiguration
    var requests: RequestLimits
    var connections: ConnectionLimits
    var monitoring: MonitoringPlace?
    var enrolment: EnrolmentPlace?

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        logLevel = network.value(
            "loglevel", ValueKind<LogLevel>.caseOf(LogLevel.self, fallback: .info).optional, default: nil,
            "what is logged; unset: info. The options --debug, --info and --quiet go before it")
        bind = network.value("bind", .nonEmptyText, default: "0.0.0.0", "address to listen on")
        port = network.value("httpsport", .integer(in: 0...65_535), default: 20_334, "TCP port; 0: any free one")
        credentials = CredentialFiles(
            certificate: network.value(
                "certfile", .path, default: "/etc/pki/tls/certs/hostcert.pem", "this host's certificate"),
            key: network.value("keyfile", .path, default: "/etc/pki/tls/private/hostkey.pem", "its private key"),
            chain: network.value(
                "chainfile", .path, default: "/etc/pki/ca-trust/extracted/pem/vc3-chain.cert.pem",
                "certificates of the authorities that clients must come from"),
            revocations: network.value(
                "crlfile", ValueKind<String>.path.optional, default: nil,
                "revocation list as credible writes it; unset: no certificate counts as taken back"))
        renews = network.value(
            "renew", .boolean, default: true,
            "whether the certificate is renewed by a Master at two thirds of its life; the folder of certfile must be writable"
        )
        recheck = network.value(
            "recheck", .duration(in: .seconds(1) ... .seconds(86_400)), default: .seconds(60),
            "how often the files above and the sealing keys are looked at; SIGHUP does it at once")
        network.ignored("httpport", "everything goes over HTTPS")
        network.ignored("sslmodule", "there is one")
        legacy = configuration.section("infoservice").value(
            "legacy", .caseOf(LegacyMode.self, fallback: .on), default: .on,
            "the original's protocol on /info: served, not served, or served without writes")
        store = Self.store(configuration)
        (requests, connections) = Self.limits(configuration)

        let plain = configuration.section("monitoring")
        let monitoringPort = plain.value(
            "port", ValueKind<Int>.integer(in: 0...65_535).optional, default: nil,
            "plain HTTP port for /healthz, /readyz and /metrics; unset: over HTTPS with a certificate only")
        let monitoringHost = plain.value(
            "bind", .nonEmptyText, default: "127.0.0.1", "its address; whoever reaches it sees the figures")
        let strangers = configuration.section("enrolment")
        let enrolmentPort = strangers.value(
            "port", ValueKind<Int>.integer(in: 0...65_535).optional, default: nil,
            "TCP port for those who have no certificate yet and come with a code (20335 is what codes name); unset: none"
        )
        let enrolmentHost = strangers.value(
            "bind", .nonEmptyText, default: "0.0.0.0", "its address; strangers must reach it")
        enrolment = enrolmentPort.map { EnrolmentPlace(host: enrolmentHost, port: $0) }
        monitoring = monitoringPort.map { MonitoringPlace(host: monitoringHost, port: $0) }
    }
}
