import VC3Commands

/// How the file of a credential is made again.
struct CredentialRenewal: Sendable {
    let kind: CredentialState.Kind
    let file: String
    /// It is made again when less than that is left.
    let leastLife: Duration
    /// As errors call what makes it.
    let program: String
    /// When what is in the file ends.
    let life: @Sendable (String) -> CredentialLife?
    /// The command that writes a new one to a file, which is readable for nobody else from its beginning.
    let command: @Sendable (String) -> Command

    /// `nil` for what somebody else makes again.
    init?(of credential: AuthProfile.Credential) {
        switch credential {
        case .proxy(let proxy) where proxy.isRenewed:
            kind = .proxy
            file = proxy.file
            leastLife = proxy.leastLife
            program = proxy.flavor == .voms ? "voms-proxy-init" : "myproxy-get-delegation"
            life = CredentialLife.init(proxy:)
            command = { ProxyRenewal.command(for: proxy, into: $0) }
        case .token(let token):
            guard let words = token.renewal, let first = words.first else { return nil }
            kind = .token
            file = token.file
            leastLife = token.leastLife
            program = first
            life = CredentialLife.init(token:)
            command = { file in
                Command(
                    ["/bin/sh", "-c", "umask 077; file=$1; shift; exec \"$@\" >\"$file\"", "renewal", file] + words,
                    timeout: .seconds(120))
            }
        default: return nil
        }
    }

    var name: String { kind == .token ? "token" : "proxy" }
}
