import Credible
import Enrolling
import Factory
import FactoryCredentials
import FactoryLogs
import FactoryMonitors
import FactorySettings
import Foundation
import InfoserviceAPI
import InfoserviceServer
import InfoserviceStore
import Logging
import Master
import PartWiring
import ServiceLifecycle
import UnixSignals
import VC3Daemon
import VC3Model
import VC3Transport

/// All parts of VC3 in one process: wires them and runs them until a signal ends them.
struct Services {
    let state: StateFolder
    let settings: Settings
    let logger: Logger

    func run() async throws {
        let hostName = ProcessInfo.processInfo.hostName
        let names = Array(Set([hostName, "localhost", "127.0.0.1", settings.address ?? LocalAddress.primary()]))
            .sorted { ($0 == hostName ? 0 : 1, $0) < ($1 == hostName ? 0 : 1, $1) }
        let bootstrap = Bootstrap(
            state: state, names: names, port: settings.port,
            enrolment: settings.enrolmentPlace.map { "\(settings.address ?? LocalAddress.primary()):\($0.port)" })
        let mail = try settings.mail.settings(
            sender: "\(NSUserName())@\(hostName)", name: hostName, keptIn: state.path + "/mails.json")
        try await bootstrap.run()
        let (credentials, revoked) = try await bootstrap.serverFiles.load()
        let tls = try MutualTLSServer(credentials, revoked: revoked)

        let store = try await EntityStore.openSQLite(path: state.database, keyFile: state.sealingKey)
        let welcome = Welcome(state: state, port: settings.port)
        let server = InfoserviceHTTP(
            engine: store, tls: tls, host: settings.bindAddress, port: settings.port, limits: RequestLimits(),
            enrolment: settings.enrolmentPlace, logger: logger, onListening: { _ in welcome.show() })
        let reload = ReloadService(
            [
                AuthorityReload(
                    bootstrap: bootstrap,
                    credentials: CredentialReload(files: bootstrap.serverFiles, server: tls, logger: logger),
                    logger: logger),
                SealingKeyReload(file: state.sealingKey, engine: store, logger: logger),
            ], every: .seconds(60))

        var services: [any Service] = [reload, server]
        let master = Master(
            infoservice: InfoserviceSession(identity: Identity(role: .master, name: "master"), engine: store),
            configuration: try masterConfiguration(), clock: .system, logger: logger)
        services.append(Part { try await master.run() })
        if let bundle = settings.workerBundle {
            services += try await factoryServices(bundle, store, bootstrap.serverFiles, mail, host: hostName)
        } else {
            logger.warning("no pilots will be sent: give --worker-bundle")
        }
        if settings.headNodes.condor == nil {
            logger.warning("no head nodes on this machine: give --condor")
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(3)
        group.maximumCancellationDuration = .seconds(1)
        try await ServiceGroup(configuration: group).run()
        try await store.close()
    }

    /// The Factory, and what runs beside it.
    private func factoryServices(
        _ bundle: String, _ store: EntityStore, _ files: CredentialFiles, _ mail: AdminMailSettings?, host: String
    ) async throws -> [any Service] {
        let session = InfoserviceSession(identity: Identity(role: .factory, name: "factory"), engine: store)
        var configuration = FactoryConfiguration(state: state.path, bundle: absolute(bundle))
        configuration.tokenLife = .seconds(settings.tokenLife)
        configuration.appearance = FactoryAppearance(displayName: host, version: Release.version, host: host)
        var logs = settings.logs
        logs.usualPort = settings.usualLogPort
        if !logs.folder.hasPrefix("/") { logs.folder = state.path + "/" + logs.folder }
        let writer = LogWriter(logs.layout(host: host))
        configuration.keepOutputs = { try await writer.keep($0) }
        let credentials = CredentialBoard()
        configuration.remarks = { credentials.conditions(at: $0) }
        let factory = Factory(
            infoservice: session, fencing: { session.fenced(by: $0) }, configuration: configuration, clock: .system,
            logger: logger)
        var services: [any Service] = [
            Part { try await factory.run() },
            PrivateTokenWatch(session, board: credentials, clock: .system, logger: logger),
        ]
        services += try await logs.services(
            showing: files, revoked: files.load().1,
            revocations: { RevocationWatch(session, telling: $0, keptIn: nil, logger: logger) }, clock: .system,
            logger: logger
        ) { QueueLogDays() }
        services += settings.monitoring.services(
            configuration.observation, credentials: credentials, host: host, clock: .system, logger: logger)
        if var mail {
            mail.credentials = credentials
            services.append(AdminMail(configuration.observation, mail, clock: .system, logger: logger))
        }
        return services
    }

    private func masterConfiguration() throws -> MasterConfiguration {
        var configuration = MasterConfiguration(stateFolder: state.path)
        configuration.authority = try CertificateAuthority(vardir: state.authority)
        settings.headNodes.apply(to: &configuration, absolute: absolute)
        configuration.headNodeAddress = settings.address
        return configuration
    }

    private func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
}
