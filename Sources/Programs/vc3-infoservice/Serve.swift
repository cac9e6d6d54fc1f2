import ArgumentParser
import Enrolling
import Foundation
import InfoserviceServer
import InfoserviceStore
import Logging
import ServiceLifecycle
import UnixSignals
import VC3Configuration
import VC3Daemon
import VC3Model
import VC3Monitoring
import VC3Transport

/// `vc3-infoservice [serve]`: reads options and configuration, wires the parts, and runs them until a signal ends them.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until a signal ends it (what happens without a subcommand).")

    @OptionGroup var files: ConfigurationOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        if daemon.showConfig {
            print(Settings.sample)
            return
        }
        let settings = try files.settings()
        do {
            try daemon.changeUser()
            let (credentials, revoked) = try await settings.credentials.load()
            let tls = try MutualTLSServer(credentials, revoked: revoked, limits: settings.connections)
            if daemon.checkConfig {
                print("the configuration is fine")
                return
            }
            let (logger, sink) = try daemon.logging.start("vc3-infoservice", level: settings.logLevel)
            OpenFiles.raiseLimit(for: settings.connections.total, logger)
            let store = try await EntityStore.open(settings.store)
            try await serve(settings, tls, store, logger, sink)
            try await store.close()
            logger.notice("ended in order")
        } catch let error as StartError {
            throw ConfigurationOptions.complaint(error.description)
        } catch let error as VC3Error {
            throw ConfigurationOptions.complaint(error.description)
        }
    }

    private func serve(
        _ settings: Settings, _ tls: MutualTLSServer, _ store: EntityStore, _ logger: Logger, _ sink: LogSink
    ) async throws {
        var monitoring = settings.monitoring
        monitoring?.onListening = {
            logger.notice("showing probes and metrics in plain HTTP", metadata: ["port": "\($0)"])
        }
        var enrolment = settings.enrolment
        enrolment?.onListening = { logger.notice("taking enrolments", metadata: ["port": "\($0)"]) }
        let server = InfoserviceHTTP(
            engine: store, tls: tls, legacy: settings.legacy, host: settings.bind, port: settings.port,
            limits: settings.requests, monitoring: monitoring, enrolment: enrolment, logger: logger,
            onListening: { port in
                logger.notice(
                    "serving",
                    metadata: [
                        "address": "\(settings.bind)", "port": "\(port)", "store": "\(settings.store.location)",
                    ])
            })
        let credentials = CredentialReload(files: settings.credentials, server: tls, logger: logger)
        var reloading: [any Reloading] = [credentials]
        if let file = settings.store.keyFile {
            reloading.append(SealingKeyReload(file: file, engine: store, logger: logger))
        }
        let reload = ReloadService(reloading, every: settings.recheck, onHangup: { sink.reopen() })
        var services: [any Service] = [reload, server]
        if settings.renews {
            services.append(
                CertificateRenewal(
                    files: settings.credentials, from: HostRenewal(tls: tls, engine: store), logger: logger
                ) { await credentials.look(isAsked: false) })
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        group.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: group).run()
    }
}
