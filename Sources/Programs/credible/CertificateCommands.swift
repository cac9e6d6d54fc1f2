import ArgumentParser
import Credible

/// The option that all commands on certificates share.
struct AuthorityOption: ParsableArguments {
    @Option(name: [.customShort("C"), .customLong("caname")], help: "Name of the certificate authority.")
    var name = CertificateAuthority.defaultName
}

struct HostCertificate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostcert", abstract: "Print the certificate of a host, without those above it.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Argument(help: "Host name or address; this machine's name when left out.") var hostname: String?

    func run() throws {
        try credible.withSettings { settings in
            try credible.authority(settings, authority.name).host(hostname ?? LocalHost.name()).certificatePEM
        }
    }
}

struct HostKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostkey", abstract: "Print the private key of a host, unencrypted.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Argument(help: "Host name or address; this machine's name when left out.") var hostname: String?

    func run() throws {
        try credible.withSettings { settings in
            try credible.authority(settings, authority.name).host(hostname ?? LocalHost.name()).keyPEM
        }
    }
}

struct UserCertificate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usercert", abstract: "Print the certificate of a user, without those above it.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Argument(help: "Name of the user.") var subject: String

    func run() throws {
        try credible.withSettings { settings in
            try credible.authority(settings, authority.name).user(subject).certificatePEM
        }
    }
}

struct UserKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "userkey", abstract: "Print the private key of a user, unencrypted.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Argument(help: "Name of the user.") var subject: String

    func run() throws {
        try credible.withSettings { settings in
            try credible.authority(settings, authority.name).user(subject).keyPEM
        }
    }
}

struct Chain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certchain", abstract: "Print the root certificate, then the intermediate certificate.")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption

    func run() throws {
        try credible.withSettings { settings in
            try credible.authority(settings, authority.name).certificateChainPEM()
        }
    }
}
