import ArgumentParser
import InfoserviceStore

/// `vc3-infoservice restore`: fills an empty store from a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Fill a new or empty store from a backup.",
        discussion: """
            Checks the backup's checksum, and that the sealing key file opens its secrets, before anything is written. \
            Stop the server first, and move the old store away. Without --store and --key those of the configuration are \
            meant.

            Examples:
              vc3-infoservice restore /backup/vc3-2026-11-26
              vc3-infoservice restore --store SQLite:/srv/vc3/store.sqlite --key /srv/vc3/sealing.key /backup/vc3-2026-11-26
            """)

    @Argument(help: "The backup.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "The store to fill. \(StoreArguments.form) (default: the configuration's).", valueName: "store"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "The sealing key file of the store that was backed up (default: the configuration's).", valueName: "file"))
    var key: String?

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        try await StoreArguments.run {
            let target = try files.store(store, key: key)
            let summary = try await StoreCopy.restore(file, to: target, progress: StoreArguments.progress)
            print("restored and verified \(summary.text)")
        }
    }
}
