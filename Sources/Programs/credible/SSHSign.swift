import ArgumentParser
import Credible
import VC3Certificates

struct SSHSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh-sign", abstract: "Vouch for the SSH key of a user or a host; print the certificate.",
        discussion: """
            Put the output beside the key: id_ed25519.pub gets id_ed25519-cert.pub.

            Examples:
              credible ssh-sign --user ana ~/.ssh/id_ed25519.pub > ~/.ssh/id_ed25519-cert.pub
              credible ssh-sign --host node1.example.org,node1 ssh_host_ed25519_key.pub
              credible ssh-sign --user --authority > /etc/ssh/vc3_user_ca.pub    (TrustedUserCAKeys of sshd_config)
              credible ssh-sign --host --authority       (after '@cert-authority *.example.org ' in known_hosts)
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Flag(help: "The key is a user's.") var user = false
    @Flag(help: "The key is a host's.") var host = false
    @Flag(name: .customLong("authority"), help: "Print the public key of the authority instead, and sign nothing.")
    var showsAuthority = false
    @Option(help: "How long the certificate is valid, in hours.") var lifetime = 24
    @Option(help: "What servers write in their logs; the principals when left out.") var identifier: String?
    @Argument(
        help: "Accounts or host names, separated by commas; then the file with the public key, - for standard input.")
    var principalsAndKey: [String] = []

    func validate() throws {
        guard user != host else { throw ValidationError("give one of --user and --host") }
        guard showsAuthority ? principalsAndKey.isEmpty : principalsAndKey.count == 2 else {
            throw ValidationError("give principals and a file with a public key, or --authority alone")
        }
        guard (1...87_600).contains(lifetime) else { throw ValidationError("--lifetime is 1 to 87600 hours") }
    }

    func run() throws {
        try credible.withSettings { settings in
            let authority = try credible.authority(settings, authority.name)
            let kind: SSHCertificate.Kind = user ? .user : .host
            if showsAuthority { return try authority.sshAuthority(kind).line }
            let principals = principalsAndKey[0].split(separator: ",").map(String.init)
            let key = try SSHPublicKey(parsing: InputFile.text(of: principalsAndKey[1]))
            let profile = SSHCertificate.Profile(
                kind: kind, keyIdentifier: identifier ?? principals.joined(separator: ","), principals: principals,
                lifetime: .seconds(lifetime * 3600))
            return try authority.sign(key, as: profile).line
        }
    }
}
