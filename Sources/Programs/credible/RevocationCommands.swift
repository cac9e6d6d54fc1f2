import ArgumentParser
import Credible
import VC3Certificates

struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a certificate back, and print the new revocation list.",
        discussion: """
            The serial number of a certificate is what 'openssl x509 -noout -serial' prints after 'serial='. Of an identity, \
            every certificate is taken back that still counts, renewed ones included: what to do when a key was stolen.

            Examples:
              credible revoke 0A1B2C3D4E5F60718293A4B5C6D7E8F9
              credible revoke --key-compromised factory/factory
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Flag(help: "Somebody else may have the key.") var keyCompromised = false
    @Argument(help: "Serial number in hexadecimal, or host/NAME, user/NAME or ROLE/NAME for all that it has.")
    var what: String

    func run() throws {
        try credible.withSettings { settings in
            let authority = try credible.authority(settings, authority.name)
            let reason: RevocationList.Reason = keyCompromised ? .keyCompromise : .unspecified
            if what.contains("/") {
                try authority.revoke(allOf: IdentityArgument.identity(what), because: reason)
            } else {
                try authority.revoke(serial: what, because: reason)
            }
            return try authority.revocationListPEM()
        }
    }
}

struct RevocationListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crl", abstract: "Print the list of certificates taken back.",
        discussion: """
            Examples:
              credible crl > /etc/vc3/vc3.crl
              credible crl --serials numbers.txt
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Option(help: "Instead of the list, say of each serial number in this file, one a line, whether it is on the list.")
    var serials: String?

    func run() throws {
        try credible.withSettings { settings in
            let authority = try credible.authority(settings, authority.name)
            guard let serials else { return try authority.revocationListPEM() }
            let numbers = try InputFile.text(of: serials).split(whereSeparator: \.isNewline)
            let list = try authority.revocationList()
            return numbers.map { list.serials.contains($0.uppercased()) ? "\($0) revoked" : "\($0) good" }
                .joined(separator: "\n")
        }
    }
}
