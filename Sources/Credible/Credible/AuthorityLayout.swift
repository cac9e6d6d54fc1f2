import VC3Certificates

/// Where the files of one authority lie: `<vardir>/ssca/<caname>/{root,intermediate}/...`.
///
/// Hosts keep the places that they always had. Users and components have directories of their own, so that a user who is
/// named like a host does not get the host's key.
struct AuthorityLayout: Sendable {
    let base: String

    init(vardir: String, authority: PrincipalName) {
        base = "\(vardir)/ssca/\(authority)"
    }

    /// One of the two levels of the authority.
    struct Level: Sendable {
        let name: String
        let directory: String

        var key: String { "\(directory)/private/\(name).keynopw.pem" }
        var sealedKey: String { "\(directory)/private/\(name).key.pem" }
        var certificate: String { "\(directory)/certs/\(name).cert.pem" }
        var index: String { "\(directory)/index.txt" }
        func issued(serial: String) -> String { "\(directory)/newcerts/\(serial).pem" }
    }

    var root: Level { Level(name: "root", directory: base + "/root") }
    var intermediate: Level { Level(name: "intermediate", directory: base + "/intermediate") }
    var chain: String { intermediate.directory + "/certs/ca-chain.cert.pem" }
    var revocationList: String { intermediate.directory + "/crl/intermediate.crl.pem" }
    var revocationListNumber: String { intermediate.directory + "/crlnumber" }
    /// Keys that vouch for SSH keys, and the record of what they have signed.
    func ssh(_ kind: String) -> Level { Level(name: "\(kind)_ca", directory: base + "/ssh") }

    /// The names that would lay a host's files over those of the authority.
    static let reservedHostNames: Set<String> = ["intermediate", "ca-chain"]

    /// Whose certificate and key a pair of files holds.
    enum Holder: Sendable {
        case host(PrincipalName)
        case user(PrincipalName)
        case component(role: String, name: PrincipalName)

        /// - Throws: ``CredibleError`` `name` for a name that cannot be one of files.
        init(_ identity: CertificateIdentity) throws {
            switch identity.role {
            case "host":
                let host = try PrincipalName(host: identity.name, argument: "host name")
                guard !AuthorityLayout.reservedHostNames.contains(host.text) else {
                    throw CredibleError(.name, "host name '\(host)' is reserved for the authority's own files")
                }
                self = .host(host)
            case "user": self = .user(try PrincipalName(identity.name, argument: "subject"))
            default:
                self = .component(
                    role: identity.role, name: try PrincipalName(identity.name, argument: "component name"))
            }
        }

        fileprivate var path: String {
            switch self {
            case .host(let name): name.text
            case .user(let name): "users/\(name)"
            case .component(let role, let name): "components/\(role)/\(name)"
            }
        }
    }

    func key(of holder: Holder) -> String { "\(intermediate.directory)/private/\(holder.path).keynopw.pem" }
    func certificate(of holder: Holder) -> String { "\(intermediate.directory)/certs/\(holder.path).cert.pem" }
}
