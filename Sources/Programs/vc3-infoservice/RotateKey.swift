import ArgumentParser
import Foundation
import InfoserviceStore
import VC3Model

/// `vc3-infoservice rotate-key`: changes the key file; the running server does the rest.
struct RotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the key that seals secrets at rest, while the server runs.",
        discussion: """
            The key file keeps the old keys beside the new one. The running Infoservice takes the new one up within a \
            minute (or at once on SIGHUP), seals everything at rest anew, and marks the old keys as retired; then \
            `rotate-key --finish` drops them. Nothing is lost if either is killed at any moment.

            A backup of the store from before needs the old key: keep a copy of the key file with it.

            One server:
              vc3-infoservice rotate-key
              vc3-infoservice rotate-key --status      until nothing but the first key is in use
              vc3-infoservice rotate-key --finish

            Several on one database: all must be able to open what one of them seals, so
              1. rotate-key --stage on one, then copy the key file to all others, and wait a minute
              2. rotate-key --promote on one, then copy the key file to all others
              3. when all show the old key as retired: rotate-key --finish on each
            """)

    @OptionGroup var files: ConfigurationOptions

    @Flag(help: "Add a key that opens but does not seal yet.")
    var stage = false

    @Flag(help: "Let the staged key seal from now on.")
    var promote = false

    @Flag(help: "Drop the keys that nothing in the store needs any more.")
    var finish = false

    @Flag(help: "Show the keys' names and what they are for; change nothing.")
    var status = false

    func validate() throws {
        if [stage, promote, finish, status].filter(\.self).count > 1 {
            throw ValidationError("give one of --stage, --promote, --finish and --status")
        }
    }

    func run() async throws {
        let settings = try files.settings()
        guard let file = settings.store.keyFile else {
            throw ConfigurationOptions.complaint("plugin Memory keeps nothing, so there is no key to change")
        }
        do {
            let keys =
                status
                ? try await SealingKey.file(file, creating: false)
                : try await SealingKey.change(file, by: stage ? .stage : promote ? .promote : finish ? .finish : .begin)
            print(Self.table(keys))
        } catch let error as VC3Error {
            throw ConfigurationOptions.complaint(error.description)
        }
    }

    private static func table(_ keys: SealingKey) -> String {
        keys.keys.enumerated().map { position, key in
            let meaning =
                switch key.duty {
                case .used: position == 0 ? "seals" : "something may still be sealed under it"
                case .staged: "staged: opens what other servers seal"
                case .retired: "retired: only older backups need it"
                }
            return "\(key.id)  \(meaning)"
        }.joined(separator: "\n")
    }
}
