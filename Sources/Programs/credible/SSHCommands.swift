import ArgumentParser
import Credible

/// The option that both commands on SSH keys share.
struct StoreOption: ParsableArguments {
    @Option(name: [.customShort("s"), .customLong("storename")], help: "Name of the store of SSH keys.")
    var name = SSHKeyStore.defaultName

    func store(_ credible: CredibleCommand, _ settings: CredibleSettings) throws -> SSHKeyStore {
        try SSHKeyStore(storage: credible.storage(settings), name: name, kind: settings.sshKey)
    }
}

struct SSHPublic: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sshpubkey", abstract: "Print the public SSH key of a principal.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var store: StoreOption
    @Argument(help: "Whose key it is.") var principal: String

    func run() throws {
        try credible.withSettings { try store.store(credible, $0).keys(for: principal).publicLine }
    }
}

struct SSHPrivate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sshprivkey", abstract: "Print the private SSH key of a principal, unencrypted.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var store: StoreOption
    @Argument(help: "Whose key it is.") var principal: String

    func run() throws {
        try credible.withSettings { try store.store(credible, $0).keys(for: principal).privateText }
    }
}
