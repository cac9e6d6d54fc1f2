import ArgumentParser
import Credible
import Foundation
import VC3Certificates

struct SSHRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh-revoke", abstract: "Take SSH certificates back, and write the list of all that were.",
        discussion: """
            The list is for RevokedKeys of sshd_config and RevokedHostKeys of ssh_config, which are read at each login. \
            Without a serial number it is written as it is.

            Examples:
              credible ssh-revoke 1234567890 --list /etc/ssh/revoked_keys
              credible ssh-revoke --list /etc/ssh/revoked_keys
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Option(help: "The file to write, whole or not at all.") var list: String
    @Argument(help: "Serial numbers in decimal, as ssh-keygen -L shows them.") var serials: [String] = []

    func run() throws {
        try credible.withSettings { settings in
            let authority = try credible.authority(settings, authority.name)
            for serial in serials { try authority.revokeSSH(serial: serial) }
            do {
                try Data(authority.sshRevocationList().bytes).write(to: URL(fileURLWithPath: list), options: .atomic)
            } catch let error as CocoaError {
                throw Failure("cannot write '\(list)': \(error.localizedDescription)")
            }
            return "\(list) has all SSH certificates that were taken back"
        }
    }
}
