import ArgumentParser
import Factory
import FactoryCredentials
import FactoryLogs
import FactoryMonitors
import FactorySettings
import Foundation
import Logging
import PartWiring
import ServiceLifecycle
import VC3CommandLine
import VC3Configuration
import VC3Daemon
import VC3Model

/// `vc3-factory`: wires the Factory to an Infoservice and runs it until a signal ends it.
@main
struct FactoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vc3-factory",
        abstract: "Keep the decided number of pilots alive at each site.",
        discussion: """
            Works through an Infoservice, with a certificate of role factory. SIGTERM and SIGINT end it in order: pilots keep \
            running and are found again at the next start with the same state folder. Several that run, each with a state folder of its own, \
            share the sites, and take over from one that has died.

            Examples:
              vc3-factory --show-config > /etc/autopyfactory/autopyfactory.conf
              vc3-factory --check-config
              vc3-factory --runas vc3 --log /var/log/vc3/factory.log

            Exit codes: 0 ended in order; 1 failed; 2 the command line is wrong.
            """,
        version: Release.version)

    @Option(
        name: [.customShort("c"), .long],
        help: "Configuration files, comma-separated; later ones win (default: /etc/autopyfactory/autopyfactory.conf).")
    var conf: String?

    @Option(help: ArgumentHelp("Print what HTCondor is given for a queue of a file, and end.", valueName: "queue"))
    var showSubmit: String?

    @Option(
        help: ArgumentHelp("Print how many jobs wait for the pilots of a file's queue, and end.", valueName: "queue"))
    var showDemand: String?

    @OptionGroup var daemon: DaemonOptions

    private static let voice = ProgramVoice("vc3-factory")

    func run() async throws {
        if daemon.showConfig {
            print(FactoryFiles.sample)
            return
        }
        do {
            try daemon.changeUser()
            let files = try settings()
            let own = files.keys.own
            if let showSubmit {
                print(try files.submitText(of: showSubmit), terminator: "")
                return
            }
            if let showDemand {
                print(try await files.demandText(of: showDemand))
                return
            }
            let bundle = URL(filePath: own.workerBundle).standardizedFileURL.path
            guard FileManager.default.isReadableFile(atPath: bundle) else {
                throw StartError("[Factory] workerbundle '\(bundle)' cannot be read; `make worker-bundle` makes one")
            }
            let connection = try await PartConnection(files.network)
            let mail = try files.mail(over: connection)
            if daemon.checkConfig {
                print("the configuration is fine")
                return
            }
            let (logger, sink) = try daemon.logging.start("vc3-factory", level: own.logLevel)
            let folder = try OwnedFolder(own.stateFolder, name: "factory")
            var configuration = FactoryConfiguration(state: own.stateFolder, bundle: bundle)
            configuration.commandsPerMinute = own.commandsPerMinute
            configuration.tokenLife = .seconds(own.tokenLife)
            configuration.limits = SizingLimits(files.limits)
            configuration.mostPilots = files.keys.mostPilots
            configuration.mappings.replace(with: files.mappings.batchSystems, ready: files.mappings.ready)
            configuration.fileQueues = QueueBoard(files.sections.running)
            configuration.appearance = files.appearance
            logger.notice("starting", metadata: ["state": "\(configuration.state)"])
            let clock = WallClock { Timestamp(Date()) }
            let demands = QueueDemands(
                configuration.demand, counting: configuration.mappings, usual: files.keys.demandPace, logger: logger)
            await demands.use(files.sections.settings)
            let current = CurrentQueues()
            current.use(queues: files.sections.settings)
            current.use(defaults: files.defaults)
            current.use(monitors: files.monitors)
            var services: [any Service] = [LogReopening(sink), demands]
            if files.keys.reconfiguration.isOn {
                services.append(
                    Reconfiguration(
                        keys: files.keys, limits: configuration.limits, queues: configuration.fileQueues,
                        demands: demands, mappings: configuration.mappings, current: current, logger: logger))
            }
            if let pause = files.keys.pauseBeforeEnd {
                services.append(
                    QueuelessEnd(
                        observation: configuration.observation, queues: configuration.fileQueues, interval: pause,
                        logger: logger))
            }
            let credentials = CredentialBoard()
            configuration.remarks = { credentials.conditions(at: $0) }
            services += try await files.logServices(over: connection, queues: current, clock: clock, logger: logger)
            let (keeping, keeper) = await files.credentialServices(
                over: connection, board: credentials, clock: clock, logger: logger)
            services += keeping
            if let keeper { configuration.profileKey = { try await FactoryFiles.key(of: $0, kept: keeper) } }
            let logs = LogWriter(files.keys.logs.layout(host: files.appearance.host))
            configuration.keepOutputs = { try await logs.keep($0) }
            services += files.monitoring.services(
                configuration.observation, credentials: credentials, host: files.appearance.host, clock: clock,
                logger: logger)
            services.append(files.queueMonitoring(configuration.observation, queues: current, logger: logger))
            if var mail {
                mail.credentials = credentials
                services.append(AdminMail(configuration.observation, mail, clock: clock, logger: logger))
            }
            try await connection.run(beside: services, logger: logger) { [configuration] infoservice, fencing in
                try await Factory(
                    infoservice: infoservice, fencing: fencing, configuration: configuration, clock: clock,
                    logger: logger
                ).run()
            }
            withExtendedLifetime(folder) { logger.notice("ended in order") }
        } catch let error as StartError {
            throw Self.voice.complaint(error.description)
        } catch let error as VC3Error {
            throw Self.voice.complaint(error.description)
        }
    }

    /// Reads what `--conf` names, and shows warnings.
    private func settings() throws -> FactoryFiles {
        let usual = ["/etc/autopyfactory/autopyfactory.conf"]
        do {
            let files = try FactoryFiles(
                conf.map { $0.split(separator: ",").map { NSString(string: String($0)).expandingTildeInPath } }
                    ?? usual,
                mayBeMissing: conf == nil)
            for warning in files.warnings { Self.voice.say("\(warning)") }
            return files
        } catch let error as ConfigurationError {
            throw Self.voice.complaint("\(error)")
        }
    }

    static func main() async { await runToEnd() }
}
