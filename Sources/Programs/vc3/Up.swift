import ArgumentParser
import Foundation
import Logging
import PartWiring
import VC3Configuration
import VC3Daemon
import VC3Model

/// `vc3 up`: reads options, environment and configuration, then runs the services.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the Infoservice, the Master and the Factory in one process.",
        discussion: """
            Everything is kept in one state folder. The first run makes a certificate authority and the \
            administrator's certificate, and prints how to go on. Stop it with SIGTERM or Ctrl-C: pilots and head \
            nodes keep running and are found again at the next start.

            Examples:
              vc3 up
              vc3 up --condor /opt/condor --worker-bundle /opt/vc3-worker.tar.gz
              vc3 up --conf /etc/vc3/vc3.conf --check-config
            """)

    @Option(help: "State folder (default: $XDG_STATE_HOME/vc3, or ~/.local/state/vc3).")
    var state: String?

    @Option(name: [.customShort("c"), .long], help: "Configuration files, comma-separated; later ones win.")
    var conf: String?

    @Option(help: "TCP port of the Infoservice (default: 20334).")
    var port: Int?

    @Option(help: "TCP port for those who come with an enrolment code (default: the next after --port; 0: none).")
    var enrolmentPort: Int?

    @Option(help: "Name or address at which sites reach this machine (default: its first network address).")
    var address: String?

    @Option(help: "Folder of an unpacked HTCondor, for head nodes on this machine.")
    var condor: String?

    @Option(help: "What a pilot carries to a worker node: vc3-worker.tar.gz.")
    var workerBundle: String?

    @Option(help: "Folder of the Ansible playbooks, for head nodes on other hosts.")
    var playbooks: String?

    @Flag(help: "Check the configuration, say what is wrong, and end.")
    var checkConfig = false

    @Flag(name: [.customShort("d"), .long], help: "Log everything.")
    var debug = false

    @Flag(help: "Log warnings and errors only.")
    var quiet = false

    func run() async throws {
        var settings: Settings
        do {
            settings = try loadSettings()
        } catch let error as ConfigurationError {
            throw complaint("\(error)")
        }
        if let port { settings.port = port }
        if let enrolmentPort {
            guard (0...65_535).contains(enrolmentPort) else {
                throw complaint("--enrolment-port \(enrolmentPort) is not a TCP port")
            }
            settings.enrolment.port = enrolmentPort
        }
        if let address { settings.address = address }
        settings.headNodes.condor = condor ?? settings.headNodes.condor
        settings.workerBundle = workerBundle ?? settings.workerBundle
        settings.headNodes.playbooks = playbooks ?? settings.headNodes.playbooks
        guard (1...65_535).contains(settings.port) else { throw complaint("--port \(settings.port) is not a TCP port") }
        for (option, path) in [("--condor", settings.headNodes.condor), ("--worker-bundle", settings.workerBundle)] {
            if let path, !FileManager.default.fileExists(atPath: path) {
                throw complaint(
                    "\(option) \(path) does not exist; give the place of an existing one, or run `make worker-bundle`")
            }
        }
        if checkConfig {
            print("the configuration is fine")
            return
        }
        let logger = makeLogger()
        do {
            let folder = try StateFolder(path: statePath)
            try await Services(state: folder, settings: settings, logger: logger).run()
        } catch let error as StartError {
            throw complaint(error.description)
        } catch let error as VC3Error {
            throw complaint(error.description)
        }
    }

    private func loadSettings() throws -> Settings {
        let files = conf.map { $0.split(separator: ",").map(String.init) } ?? []
        let (settings, warnings) = try Settings.load(
            INIDocument(files: files), homeDirectory: FileManager.default.homeDirectoryForCurrentUser.path)
        for warning in warnings { complain("\(warning)") }
        return settings
    }

    private var statePath: String {
        if let state { return URL(filePath: state).standardizedFileURL.path }
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        return (ProcessInfo.processInfo.environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/vc3"
    }

    private func makeLogger() -> Logger {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "vc3")
        logger.logLevel = debug ? .debug : (quiet ? .warning : .info)
        return logger
    }

    private func complain(_ text: String) { FileHandle.standardError.write(Data("vc3 up: \(text)\n".utf8)) }

    private func complaint(_ text: String) -> any Error {
        complain(text)
        return ExitCode(1)
    }
}
