import Foundation
import VC3Configuration

/// `vc3-infoservice.conf`. Sections and keys of the original keep their names.
struct Settings: ConfigurationSchema {
    enum LogLevel: String, CaseIterable, Sendable {
        case debug, info, warning, warn, error, critical
    }

    var logLevel: LogLevel?
    var bind: String
    var port: Int
    var certificateFile: String
    var keyFile: String
    var chainFile: String
    var revocationFile: String?
    var sealingKeyFile: String
    var plugin: String
    var sqliteFile: String

    init(reading configuration: ConfigurationReader) {
        let network = configuration.section("netcomm")
        logLevel = network.value(
            "loglevel", ValueKind<LogLevel>.caseOf(LogLevel.self, fallback: .info).optional, default: nil,
            "what is logged; unset: info. The options --debug and --quiet go before it")
        bind = network.value("bind", .nonEmptyText, default: "0.0.0.0", "address to listen on")
        port = network.value("httpsport", .integer(in: 0...65_535), default: 20_334, "TCP port; 0: any free one")
        certificateFile = network.value(
            "certfile", .path, default: "/etc/pki/tls/certs/hostcert.pem", "this host's certificate")
        keyFile = network.value("keyfile", .path, default: "/etc/pki/tls/private/hostkey.pem", "its private key")
        chainFile = network.value(
            "chainfile", .path, default: "/etc/pki/ca-trust/extracted/pem/vc3-chain.cert.pem",
            "certificates of the authorities that clients must come from")
        revocationFile = network.value(
            "crlfile", ValueKind<String>.path.optional, default: nil,
            "revocation list of that authority, as credible writes it; unset: no certificate counts as taken back")
        network.ignored("httpport", "everything goes over HTTPS")
        network.ignored("sslmodule", "there is one")

        let secrets = configuration.section("secrets")
        sealingKeyFile = secrets.value(
            "keyfile", .path, default: "/var/lib/vc3/infoservice/sealing.key",
            "keys that seal secrets at rest; mode 0600. Keep a copy away from the store's backups")

        let persistence = configuration.section("persistence")
        plugin = persistence.value("plugin", .oneOf("SQLite", "Memory"), default: "SQLite", "where entities are kept")
        let sqlite = configuration.section("plugin-sqlite")
        sqliteFile = sqlite.value(
            "filename", .path, default: "/var/lib/vc3/infoservice/store.sqlite", "the database file")
    }
}
