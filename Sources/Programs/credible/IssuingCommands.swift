import ArgumentParser
import Credible
import Foundation
import VC3Certificates

/// `ROLE/NAME` on the command line.
struct IdentityArgument: ParsableArguments {
    @Argument(help: "Whom it is for: host/NAME, user/NAME, or ROLE/NAME of a part of VC3.") var identity: String

    func value() throws -> CertificateIdentity { try Self.identity(identity) }

    static func identity(_ identity: String) throws -> CertificateIdentity {
        let parts = identity.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Failure("'\(identity)' is no identity; write it as host/NAME, user/NAME or ROLE/NAME")
        }
        let name = parts[0] == "host" ? parts[1].lowercased() : String(parts[1])
        return try CertificateIdentity(role: String(parts[0]), name: name)
    }
}

struct Initialize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the authority, or complete it, and seal its keys where a passphrase is set.",
        discussion: """
            Prints the SHA-256 fingerprints of root and intermediate. A second call changes nothing.

            Example: credible init
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption

    func run() throws {
        try credible.withSettings { settings in
            let chain = try credible.authority(settings, authority.name).initialize()
            return zip(["root", "intermediate"], chain.certificates)
                .map { "\($0) \($1.fingerprint) until \($1.notAfter.formatted(.iso8601))" }.joined(separator: "\n")
        }
    }
}

struct HostCertificates: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostcerts", abstract: "Make the certificates and keys of many hosts at once.",
        discussion: """
            Prints how many there are now. 'hostcert' and 'hostkey' print each.

            Example: credible hostcerts hosts.txt
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Argument(help: "File with one host name or address a line; - for standard input.") var file: String

    func run() throws {
        try credible.withSettings { settings in
            let names = try InputFile.text(of: file).split(whereSeparator: \.isNewline).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let count = try credible.authority(settings, authority.name).hosts(names.filter { !$0.isEmpty })
            return "\(count) hosts"
        }
    }
}

struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign a request whose key stays with its owner; print the certificate and the intermediate.",
        discussion: """
            Of the request only the key counts, unless --names-from-request.

            Examples:
              credible sign request.pem host/node1.example.org --name node1 --name 10.1.2.3
              credible sign - user/ana < request.pem
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Option(help: "A further name or address of the host; may be repeated.") var name: [String] = []
    @Flag(help: "Also the names and addresses that the request has.") var namesFromRequest = false
    @Argument(help: "File with the request (PKCS#10), PEM or DER; - for standard input.") var request: String
    @OptionGroup var holder: IdentityArgument

    func run() throws {
        try credible.withSettings { settings in
            let identity = try holder.value()
            let data = try InputFile.data(of: request)
            let request =
                try String(validating: data, as: UTF8.self).map { try SigningRequest(pem: $0) }
                ?? SigningRequest(der: [UInt8](data))
            let wished = request.alternativeNames.filter { if case .uri = $0 { false } else { true } }
            let names = name.map { AlternativeName(host: $0) } + (namesFromRequest ? wished : [])
            guard names.isEmpty || identity.role != "user" else {
                throw Failure("certificates of users carry no names of hosts")
            }
            return try credible.authority(settings, authority.name)
                .sign(request, for: identity, alsoKnownAs: names).pem
        }
    }
}

struct Renew: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issue a new certificate now, for the same key unless a new one is asked for; print it.",
        discussion: """
            The old certificate stays valid until it ends or is revoked.

            Example: credible renew host/vc3.example.org --new-key
            """)

    @ParentCommand var credible: CredibleCommand
    @OptionGroup var authority: AuthorityOption
    @Flag(help: "Make a new key as well.") var newKey = false
    @OptionGroup var chain: ChainOption
    @OptionGroup var holder: IdentityArgument

    func run() throws {
        try credible.withSettings { settings in
            let identity = try holder.value()
            return try chain.text(of: credible.authority(settings, authority.name).renew(identity, newKey: newKey))
        }
    }
}
