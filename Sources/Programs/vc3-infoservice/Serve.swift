import ArgumentParser
import Foundation
import InfoserviceServer
import InfoserviceStore
import Logging
import ServiceLifecycle
import UnixSignals
import VC3Configuration
import VC3Model
import VC3Transport

/// `vc3-infoservice [serve]`: reads options and configuration, wires the parts, and runs them until a signal ends them.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until a signal ends it (what happens without a subcommand).")

    @OptionGroup var files: ConfigurationOptions
    @OptionGroup var logging: LoggingOptions

    @Flag(help: "Check the configuration and the files that it names, say what is wrong, and end.")
    var checkConfig = false

    @Flag(help: "Print a configuration file with every key, its meaning and its default, and end.")
    var showConfig = false

    @Option(help: ArgumentHelp("Act as this user once started, when started as root.", valueName: "user"))
    var runas: String?

    func run() async throws {
        if showConfig {
            print(Settings.sample)
            return
        }
        let settings = try files.settings()
        do {
            if let runas { try RunAs(user: runas).apply(givingAway: logging.file) }
            let credentials = try TLSCredentials(
                certificateFile: settings.certificateFile, keyFile: settings.keyFile, trustedFile: settings.chainFile)
            if checkConfig {
                print("the configuration is fine")
                return
            }
            let (logger, sink) = try logging.start(level: settings.logLevel)
            try await serve(settings, credentials, logger, sink)
        } catch let error as StartError {
            throw ConfigurationOptions.complaint(error.description)
        } catch let error as VC3Error {
            throw ConfigurationOptions.complaint(error.description)
        }
    }

    private func serve(
        _ settings: Settings, _ credentials: TLSCredentials, _ logger: Logger, _ sink: LogSink
    ) async throws {
        let store = try await open(settings)
        let server = try InfoserviceHTTP(
            engine: store, credentials: credentials, host: settings.bind, port: settings.port, logger: logger,
            onListening: { port in
                logger.notice("serving", metadata: ["address": "\(settings.bind)", "port": "\(port)"])
            })
        var group = ServiceGroupConfiguration(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        group.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: group).run()
        try await store.close()
        logger.notice("ended in order")
    }

    private func open(_ settings: Settings) async throws -> EntityStore {
        if settings.plugin == "Memory" {
            return try await EntityStore.open(InMemoryPersistence(), sealing: SealingKey())
        }
        return try await EntityStore.openSQLite(path: settings.sqliteFile, keyFile: settings.sealingKeyFile)
    }
}
