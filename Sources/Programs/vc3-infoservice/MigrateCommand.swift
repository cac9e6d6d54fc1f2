import ArgumentParser
import Foundation
import InfoserviceStore
import VC3Model

/// `vc3-infoservice migrate`: copies a store to another plugin or place.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Copy a store to another persistence plugin or place.",
        discussion: """
            Copies entities, revisions, history and audit trail to an empty store, reads it back and compares. Stop the \
            server first. The source stays as it is; start the server on the target, and remove the source when all is well.

            Without --from and --from-key those of the configuration are meant.

            Interrupted, it leaves a target that no server starts on; remove that and begin again.

            Examples:
              vc3-infoservice migrate --to 'PostgreSQL:host=db.example.org dbname=vc3 user=vc3'
              vc3-infoservice migrate --from DiskDump:/var/lib/vc3/infoservice.json \\
                  --from-key /var/lib/vc3/sealing.key --to SQLite:/var/lib/vc3/infoservice/store.sqlite
              vc3-infoservice migrate --from SQLite:/var/lib/vc3/infoservice/store.sqlite \\
                  --from-key /var/lib/vc3/sealing.key \\
                  --to 'PostgreSQL:host=db.example.org dbname=vc3 user=vc3'
            """)

    @Option(
        help: ArgumentHelp(
            "The store to copy. \(StoreArguments.form) (default: the configuration's).", valueName: "store"))
    var from: String?

    @Option(help: ArgumentHelp("The new or empty store to fill, in the same form.", valueName: "store"))
    var to: String

    @Option(help: ArgumentHelp("The source's sealing key file (default: the configuration's).", valueName: "file"))
    var fromKey: String?

    @Option(help: ArgumentHelp("The target's; made if missing (default: the source's).", valueName: "file"))
    var toKey: String?

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        try await StoreArguments.run {
            let source = try files.store(from, key: fromKey)
            switch source.location {
            case .sqlite(let path), .diskDump(let path):
                // Opening would make it.
                if access(path, F_OK) != 0 { throw VC3Error(.unavailable, "there is no store '\(path)'") }
            case .memory, .postgreSQL: break
            }
            let target = StoreConfiguration(try StoreLocation(text: to), keyFile: toKey ?? source.keyFile)
            let summary = try await StoreCopy.copy(from: source, to: target, progress: StoreArguments.progress)
            print("copied and verified \(summary.text)")
        }
    }
}
