import ArgumentParser
import Credible
import VC3Certificates

/// The option that all commands on certificates share.
struct AuthorityOption: ParsableArguments {
    @Option(name: [.customShort("C"), .customLong("caname")], help: "Name of the certificate authority.")
    var name = CertificateAuthority.defaultName
}

/// The option that both commands on certificates of somebody share.
struct ChainOption: ParsableArguments {
    @Flag(help: "Print the intermediate certificate after it, as a TLS server sends them.")
    var fullchain = false

    func text(of credential: Credential) -> String {
        fullchain ? credential.chainPEM : credential.certificatePEM
    }
}

struct HostCertificate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostcert", abstract: "Print the certificate of a host.",
        discussion: "Example: credible hostcert --fullchain vc3.example.org")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @OptionGroup var chain: ChainOption
    @Argument(help: "Host name or address; this machine's name when left out.") var hostname: String?

    func run() throws {
        try credible.withSettings { settings in
            try chain.text(of: credible.authority(settings, authority.name).host(hostname ?? LocalHost.name()))
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
        commandName: "usercert", abstract: "Print the certificate of a user.",
        discussion: "Example: credible usercert ana")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @OptionGroup var chain: ChainOption
    @Argument(help: "Name of the user.") var subject: String

    func run() throws {
        try credible.withSettings { settings in
            try chain.text(of: credible.authority(settings, authority.name).user(subject))
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
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case rootFirst = "root-first"
        case leafFirst = "leaf-first"
    }

    static let configuration = CommandConfiguration(
        commandName: "certchain", abstract: "Print the root certificate, then the intermediate certificate.",
        discussion: "Example: credible certchain > /etc/pki/ca-trust/extracted/pem/vc3-chain.cert.pem")

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Option(help: "Which comes first; leaf-first is the order of TLS.") var order = Order.rootFirst

    func run() throws {
        try credible.withSettings { settings in
            let chain = try credible.authority(settings, authority.name).certificateChain()
            return order == .rootFirst ? chain.pem : CertificateChain(chain.certificates.reversed()).pem
        }
    }
}
