import ArgumentParser
import Credible
import Foundation
import Logging
import Master
import PartWiring
import VC3Certificates
import VC3CommandLine
import VC3Configuration
import VC3Daemon
import VC3Model

/// `vc3-master`: wires the Master to an Infoservice and runs it until a signal ends it.
@main
struct MasterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vc3-master",
        abstract: "Bring what people asked for into being: logins at sites, head nodes, shares of pilots.",
        discussion: """
            Works through an Infoservice, with a certificate of role master. Of several that run, one works and the others \
            wait to take over. SIGTERM and SIGINT end it in order; what it started at head nodes goes on without it.

            Examples:
              vc3-master --show-config > /etc/vc3/vc3-master.conf
              vc3-master --check-config
              vc3-master --runas vc3 --log /var/log/vc3/master.log

            Exit codes: 0 ended in order; 1 failed; 2 the command line is wrong.
            """,
        version: Release.version)

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp(
            "Configuration files, comma-separated; later ones win (default: /etc/vc3/vc3-master.conf,"
                + " ~/.local/etc/vc3-master.conf, ~/.local/etc/vc3-master-local.conf)."))
    var conf: String?

    @Option(help: "Taken for the original's unit files; no effect.")
    var builder: String?

    @OptionGroup var daemon: DaemonOptions

    private static let voice = ProgramVoice("vc3-master")
    private static let usual = [
        "/etc/vc3/vc3-master.conf", "~/.local/etc/vc3-master.conf", "~/.local/etc/vc3-master-local.conf",
    ]

    func run() async throws {
        if daemon.showConfig {
            print(MasterSettings.sample)
            return
        }
        let settings = try Self.voice.settings(MasterSettings.self, in: conf, usual: Self.usual)
        do {
            try daemon.changeUser()
            let configuration = try masterConfiguration(settings)
            let connection = try await PartConnection(settings.network)
            if daemon.checkConfig {
                print("the configuration is fine")
                return
            }
            let (logger, sink) = try daemon.logging.start("vc3-master", level: settings.logLevel)
            let folder = try OwnedFolder(settings.stateFolder, name: "master")
            logger.notice("starting", metadata: ["state": "\(configuration.stateFolder)"])
            let clock = WallClock { Timestamp(Date()) }
            try await connection.run("master", beside: [LogReopening(sink)], clock: clock, logger: logger) {
                [configuration] infoservice in
                try await Master(
                    infoservice: infoservice, configuration: configuration, clock: clock, logger: logger
                ).run()
            }
            withExtendedLifetime(folder) { logger.notice("ended in order") }
        } catch let error as StartError {
            throw Self.voice.complaint(error.description)
        } catch let error as VC3Error {
            throw Self.voice.complaint(error.description)
        } catch let error as CredibleError {
            throw Self.voice.complaint("\(error)")
        }
    }

    static func main() async { await runToEnd() }

    private func masterConfiguration(_ settings: MasterSettings) throws -> MasterConfiguration {
        var configuration = MasterConfiguration(stateFolder: settings.stateFolder)
        settings.headNodes.apply(to: &configuration) { URL(filePath: $0).standardizedFileURL.path }
        configuration.headNodeAddress = settings.address
        if let file = settings.taskFile {
            let tasks = try Self.voice.settings(TaskSettings.self, in: file, usual: [])
            configuration.resync = tasks.resync ?? configuration.resync
            configuration.censusInterval = tasks.census ?? configuration.censusInterval
        }
        if let file = settings.credibleFile {
            configuration.authority = try authority(Self.voice.settings(CredibleSettings.self, in: file, usual: []))
        }
        return configuration
    }

    private func authority(_ settings: CredibleSettings) throws -> CertificateAuthority {
        guard settings.vardir != nil else {
            throw StartError(
                "[credible] credconf names a configuration without vardir: an authority in memory is of no use here")
        }
        return try CertificateAuthority(
            storage: settings.storage(), policy: settings.policy,
            passphrase: try settings.keyPassphrase.map { source in
                let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
                guard let text = try source.text(credentials: credentials) else {
                    throw StartError(
                        "keypassphrase = prompt: nobody is there to be asked; use file:/PATH or credential:NAME in credible.conf"
                    )
                }
                return Passphrase { text }
            })
    }
}
