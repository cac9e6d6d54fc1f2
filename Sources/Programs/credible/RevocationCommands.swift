import ArgumentParser
import Credible

struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a certificate back, and print the new revocation list.",
        discussion: "The serial number of a certificate is what 'openssl x509 -noout -serial' prints after 'serial='.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Flag(help: "Somebody else may have the key.") var keyCompromised = false
    @Argument(help: "Serial number in hexadecimal.") var serial: String

    func run() throws {
        try credible.withSettings { settings in
            let authority = try credible.authority(settings, authority.name)
            try authority.revoke(serial: serial, keyCompromised: keyCompromised)
            return try authority.revocationListPEM()
        }
    }
}

struct RevocationListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crl", abstract: "Print the list of certificates taken back.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption

    func run() throws {
        try credible.withSettings { try credible.authority($0, authority.name).revocationListPEM() }
    }
}
