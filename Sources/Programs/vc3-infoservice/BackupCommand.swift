import ArgumentParser
import InfoserviceStore
import VC3Model

/// `vc3-infoservice backup`: writes one moment of a store to a file, while the server runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write one moment of a store to a file, while the server runs.",
        discussion: """
            The file has a checksum and is read back. Secrets in it are sealed as in the store: it is of no use without \
            the sealing key file, of which you keep a copy elsewhere.

            Without --store it is the store of the configuration.

            Examples:
              vc3-infoservice backup /backup/vc3-$(date +%F)
              vc3-infoservice backup --store SQLite:/var/lib/vc3/infoservice/store.sqlite /backup/vc3-$(date +%F)
              vc3-infoservice backup --store 'PostgreSQL:host=db dbname=vc3' /backup/vc3
            """)

    @Argument(help: "The file to make.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "The store. \(StoreArguments.form) (default: the configuration's).", valueName: "store"))
    var store: String?

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        try await StoreArguments.run {
            let location = try store.map { try StoreLocation(text: $0) } ?? files.settings().store.location
            let summary = try await StoreCopy.backUp(
                location, to: file, at: WallClock.system.now(), progress: StoreArguments.progress)
            print("\(file) holds \(summary.text)")
        }
    }
}
